package tollgate.http;

import java.time.Duration;

/// How long a call may take, to the precision of the client's tick (100 ms).
///
/// @param connect until the connection stands, TLS included ([Reply.Failure#UNREACHABLE])
/// @param firstByte from the sending until [Reply#committed()] ([Reply.Failure#SILENT])
/// @param idle between two pieces of the body after that ([Reply.Failure#STALLED])
/// @param total for the whole call ([Reply.Failure#TOO_LONG])
public record Deadlines(Duration connect, Duration firstByte, Duration idle, Duration total) {}
