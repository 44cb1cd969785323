package tollgate.fault;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.unit.Money;

/// What went wrong, as facts. A kind exists only where a caller would act differently; the words
/// are the door's. Codes are public, in a block a stage, and never used again once retired: 1xx
/// door, 2xx policy, 3xx route, 4xx provider, 9xx ours.
public sealed interface Fault {
    /// The public code of this kind; docs/faults.md lists them.
    int code();

    /// 101: the request says something wrong. `param` is the field, null for the whole body.
    record BadRequest(@Nullable String param, String message) implements Fault {
        @Override
        public int code() {
            return 101;
        }
    }

    /// 102: no key, or one that is unknown, malformed, expired or revoked: all alike (I-62).
    record Unauthenticated() implements Fault {
        @Override
        public int code() {
            return 102;
        }
    }

    /// 103: nothing lives at this path.
    record NoRoute(String method, String path) implements Fault {
        @Override
        public int code() {
            return 103;
        }
    }

    /// 104: the path exists, but not with this method.
    record MethodNotAllowed(String method, List<String> allowed) implements Fault {
        public MethodNotAllowed {
            allowed = List.copyOf(allowed);
        }

        @Override
        public int code() {
            return 104;
        }
    }

    /// 105: the body is larger than this door takes, before or after decoding.
    record BodyTooLarge(long bytesMax) implements Fault {
        @Override
        public int code() {
            return 105;
        }
    }

    /// 106: the request could not be framed or decoded; the connection closes.
    record BadFraming(int status, String message) implements Fault {
        @Override
        public int code() {
            return 106;
        }
    }

    /// 107: an object that does not exist, or is another account's: one answer for both (I-57).
    record NoSuchObject(String what) implements Fault {
        @Override
        public int code() {
            return 107;
        }
    }

    /// 108: the object is there, but its state forbids this.
    record Conflict(String message) implements Fault {
        @Override
        public int code() {
            return 108;
        }
    }

    /// 201: the key may not do this.
    record Forbidden(String message) implements Fault {
        @Override
        public int code() {
            return 201;
        }
    }

    /// 202: the account cannot pay for the worst case of this call.
    record OutOfCredits(Money required, Money available) implements Fault {
        @Override
        public int code() {
            return 202;
        }
    }

    /// 203: a limit on requests, tokens or concurrent calls; admitted again after `retryAfter`.
    record LimitReached(String limit, Duration retryAfter) implements Fault {
        @Override
        public int code() {
            return 203;
        }
    }

    /// 204: the same idempotency key is in flight.
    record InFlight(Duration retryAfter) implements Fault {
        @Override
        public int code() {
            return 204;
        }
    }

    /// 205: the idempotency key came before with another request.
    record KeyReused() implements Fault {
        @Override
        public int code() {
            return 205;
        }
    }

    /// 206: the first call with this idempotency key was charged, but its answer is not there.
    record ChargedWithoutAnswer(Money charged) implements Fault {
        @Override
        public int code() {
            return 206;
        }
    }

    /// 207: a budget of the key is used up for its period.
    record BudgetReached(Money limit, Money required, Money left) implements Fault {
        @Override
        public int code() {
            return 207;
        }
    }

    /// 301: no such model, or none with a price.
    record UnknownModel(String model) implements Fault {
        @Override
        public int code() {
            return 301;
        }
    }

    /// 302: every route of the model is closed for now.
    record RoutesClosed(String model, Duration retryAfter) implements Fault {
        @Override
        public int code() {
            return 302;
        }
    }

    /// 401: the provider refuses the request itself (400, 404, 413, 422): its words reach the
    /// caller, with secrets removed.
    record ProviderRefused(
            int status,
            String message,
            @Nullable String type,
            @Nullable String param,
            @Nullable String errorCode)
            implements Fault {
        @Override
        public int code() {
            return 401;
        }
    }

    /// 402: no attempt gave an answer; `lastStatus` is 0 when no provider answered at all.
    record ProvidersFailed(int attempts, int lastStatus) implements Fault {
        @Override
        public int code() {
            return 402;
        }
    }

    /// 403: no first byte came in time.
    record ProvidersSilent(int attempts) implements Fault {
        @Override
        public int code() {
            return 403;
        }
    }

    /// 404: every provider is limiting us.
    record ProvidersBusy(int attempts, @Nullable Duration retryAfter) implements Fault {
        @Override
        public int code() {
            return 404;
        }
    }

    /// 405: the sandbox plays an error that must reach the caller as that status.
    record Played(int status, String message) implements Fault {
        @Override
        public int code() {
            return 405;
        }
    }

    /// 406: the provider broke off, fell silent or sent an error inside a stream.
    record StreamBroken(String message) implements Fault {
        @Override
        public int code() {
            return 406;
        }
    }

    /// 901: we cannot serve now (store, memory, start or drain); nothing was charged.
    record Unavailable(String message, Duration retryAfter) implements Fault {
        @Override
        public int code() {
            return 901;
        }
    }

    /// 902: our own error; `reference` finds it in the log.
    record Internal(String reference) implements Fault {
        @Override
        public int code() {
            return 902;
        }
    }
}
