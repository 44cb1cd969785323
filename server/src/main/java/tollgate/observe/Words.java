package tollgate.observe;

import org.slf4j.event.Level;

/// The level and the sentence of each observation; its facts stand beside it as [Facts].
record Words(Level level, String sentence) {
    static Words of(Observation observation) {
        return switch (observation) {
            case Observation.RequestAnswered _ -> debug("answered");
            case Observation.ServerStarted _ -> info("open for requests");
            case Observation.ServerStopping _ -> info("stopping");
            case Observation.ServerStopped _ -> info("stopped");
            case Observation.FramingRefused _ -> debug("framing refused");
            case Observation.ProviderFailed _ -> warn("provider failed");
            case Observation.BreakerOpened _ -> warn("route closed for a while");
            case Observation.BreakerClosed _ -> info("route works again");
            case Observation.UsageUnknown _ -> error("provider reported usage without a price");
            case Observation.OverageBooked _ -> error("provider used more than was held");
            case Observation.JournalStalled _ -> error("journal does not reach the disk");
            case Observation.JournalFailed _ -> error("journal cannot be written");
            case Observation.JournalRecovered _ -> info("journal works again");
            case Observation.HoldsReconciled _ -> info("holds without an owner resolved");
            case Observation.FoldLagging _ -> warn("database is behind the journal");
            case Observation.FoldCaughtUp _ -> info("database has caught up with the journal");
            case Observation.StoreFailed _ -> error("database is not available");
            case Observation.StoreRecovered _ -> info("database works again");
            case Observation.Migrated _ -> info("database brought up to date");
            case Observation.ConfigReloaded _ -> info("configuration reloaded");
            case Observation.ConfigRefused _ -> warn("configuration refused, the old one stays");
            case Observation.OwnError _ -> error("our own error");
        };
    }

    private static Words debug(String sentence) {
        return new Words(Level.DEBUG, sentence);
    }

    private static Words info(String sentence) {
        return new Words(Level.INFO, sentence);
    }

    private static Words warn(String sentence) {
        return new Words(Level.WARN, sentence);
    }

    private static Words error(String sentence) {
        return new Words(Level.ERROR, sentence);
    }
}
