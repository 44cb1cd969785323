package tollgate.ledger;

import org.jspecify.annotations.Nullable;
import tollgate.call.Outcome;
import tollgate.call.Usage;
import tollgate.call.UsageSource;
import tollgate.unit.Digest;
import tollgate.unit.RequestId;

/// One record of the journal. Amounts are nano-dollars, never negative except a [Credit]'s.
///
/// A record takes one seq for each move of money that the export shows of it, so that the moves of
/// one record can't part (JOURNAL 3); marks, attempts and free holds take none.
public sealed interface Entry {
    /// Free text is cut to this many bytes before it is written.
    int TEXT_BYTES_MAX = 256;

    /// Seqs this record takes.
    int moves();

    /// Roughly the bytes it takes in the journal, rather too many.
    default int bytesAbout() {
        return 160;
    }

    /// Whose money, for which request, at which price: repeated on every record that moves money,
    /// so that each line of the export can be explained from itself (I-09).
    record Subject(
            long hold,
            long account,
            Book book,
            long key,
            RequestId request,
            String model,
            long priceVersion) {}

    /// Who asked and how, for the row of the request.
    record Context(
            String door,
            String provider,
            String requestModel,
            Shape shape,
            String endUser,
            String app,
            String tags) {}

    /// How the answer is given.
    enum Shape {
        WHOLE,
        STREAM,
        EMBEDDINGS
    }

    /// Binds an idempotency key to a request: SHA-256 of the key, and of path, query and body.
    record Binding(Digest key, Digest request) {}

    /// Money is reserved, and the first attempt may start.
    record Hold(Subject subject, Context context, long amount, @Nullable Binding binding)
            implements Entry {
        public Hold {
            check("amount", amount);
        }

        @Override
        public int moves() {
            return amount > 0 ? 1 : 0;
        }

        @Override
        public int bytesAbout() {
            return 256
                    + context.endUser().length()
                    + context.app().length()
                    + context.tags().length();
        }
    }

    /// A further attempt may start; what became of the one before it.
    record Attempt(long hold, int number, String provider, String requestModel, Try before)
            implements Entry {
        @Override
        public int moves() {
            return 0;
        }
    }

    /// What became of one attempt: the provider's status (0: none came) and milliseconds.
    record Try(int status, long millis) {}

    /// More is reserved on an open hold.
    record Extend(Subject subject, long amount) implements Entry {
        public Extend {
            check("amount", amount);
        }

        @Override
        public int moves() {
            return amount > 0 ? 1 : 0;
        }
    }

    /// Output has flowed: what the call would cost if it ended here.
    record Mark(long hold, Usage usage, long amount) implements Entry {
        public Mark {
            check("amount", amount);
        }

        @Override
        public int moves() {
            return 0;
        }
    }

    /// The one end of a hold (I-14).
    sealed interface Resolution extends Entry {
        Subject subject();

        long held();

        Ending ending();
    }

    /// What the call cost: `amount` of the `held` money is charged, the rest released; `overage` is
    /// what the operator bears.
    record Post(
            Subject subject,
            long held,
            long amount,
            long overage,
            Usage usage,
            UsageSource source,
            Ending ending,
            @Nullable Digest answer)
            implements Resolution {
        public Post {
            check("amount", amount);
            check("overage", overage);
            check("held - amount", held - amount);
        }

        public long released() {
            return held - amount;
        }

        @Override
        public int moves() {
            return (amount > 0 ? 1 : 0) + (released() > 0 ? 1 : 0) + (overage > 0 ? 1 : 0);
        }
    }

    /// The hold goes back whole.
    record Voided(Subject subject, long held, Ending ending) implements Resolution {
        public Voided {
            check("held", held);
        }

        @Override
        public int moves() {
            return held > 0 ? 1 : 0;
        }
    }

    /// How the call ended, for the row of the request. `status` is what the caller got; times are
    /// milliseconds since the request arrived, `firstTokenMillis` -1 when no output came.
    record Ending(
            Outcome outcome,
            int status,
            int attempt,
            Try last,
            String finishReason,
            String responseModel,
            long latencyMillis,
            long firstTokenMillis) {
        /// The same, ended otherwise for the caller.
        Ending by(Outcome other, int otherStatus) {
            return new Ending(
                    other,
                    otherStatus,
                    attempt,
                    last,
                    finishReason,
                    responseModel,
                    latencyMillis,
                    firstTokenMillis);
        }
    }

    /// Money in, or an adjustment: `amount` is negative when it leaves the account. `cause` names
    /// the one effect this is; a second of the same cause is refused.
    record Credit(Kind kind, long account, Book book, long amount, String cause) implements Entry {
        /// 100 million USD: more than anybody gets at once, little enough that sums stay exact.
        public static final long AMOUNT_MAX = 100_000_000_000_000_000L;

        public Credit {
            if (amount == 0 || amount > AMOUNT_MAX || amount < -AMOUNT_MAX) {
                throw new IllegalArgumentException(
                        "amount: %d (expected: -%d to %d, not 0)"
                                .formatted(amount, AMOUNT_MAX, AMOUNT_MAX));
            }
            if (!Text.isKeptWhole(cause)) {
                // Cut, it would name another effect after a restart, and this one would come again.
                throw new IllegalArgumentException(
                        "cause: %d characters (expected: Unicode of at most %d bytes)"
                                .formatted(cause.length(), TEXT_BYTES_MAX));
            }
        }

        @Override
        public int moves() {
            return 1;
        }
    }

    /// Kinds of [Credit], as the export spells them in lower case.
    enum Kind {
        GRANT(Places.PROMO),
        PAYMENT(Places.STRIPE),
        REFUND(Places.STRIPE),
        ADJUSTMENT(Places.PROMO);

        private final String other;

        Kind(String other) {
            this.other = other;
        }

        /// The place on the other side of the move.
        String otherPlace() {
            return other;
        }
    }

    private static void check(String name, long found) {
        if (found < 0) {
            throw new IllegalArgumentException("%s: %d (expected: >= 0)".formatted(name, found));
        }
    }
}
