package tollgate.door.gateway;

import tollgate.wire.json.Json;

/// What a gateway can be asked to do about itself. Blocks, maybe for minutes.
public interface Maintenance {
    /// Checks everything: `{"healthy", "checks": [{"check", "sound", "detail"}]}`.
    Json.Obj doctor();

    /// Copies the data folder to a folder of this machine that is empty or not there yet.
    ///
    /// @throws tollgate.fault.GatewayException BadRequest when the folder will not do
    Json.Obj backup(String folder);

    /// The models for sale and their prices.
    Json.Obj catalog();
}
