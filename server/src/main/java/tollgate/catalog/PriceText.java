package tollgate.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import tollgate.unit.Money;

/// A price as one line of text, in the catalogue and in the database: equal prices are equal texts,
/// whatever was left to a default.
///
/// USD per million tokens for input and output, then, where they differ from those, `c` cached
/// input, `w` cache write, `r` reasoning; `l` one-hour cache write, where it has a price; then in
/// USD `i` an image, `q` a request, `s` a thousand searches; then each tier after `>` and the
/// tokens that input must exceed: `5 30 c0.5 q0.001 >272000 10 45 c1`.
final class PriceText {
    private static final String TIER = " >";
    private static final int DECIMALS_MAX = 9;

    private PriceText() {}

    static String write(Price price) {
        StringJoiner text = new StringJoiner(" ");
        rates(text, price.rates());
        addUnless(text, "i", price.image(), 0);
        addUnless(text, "q", price.request(), 0);
        addUnless(text, "s", price.webSearch(), Rates.UNPRICED);
        for (Price.Tier tier : price.tiers()) {
            text.add(">" + tier.above());
            rates(text, tier.rates());
        }
        return text.toString();
    }

    private static void rates(StringJoiner text, Rates rates) {
        text.add(usd(rates.input())).add(usd(rates.output()));
        addUnless(text, "c", rates.cachedInput(), rates.input());
        addUnless(text, "w", rates.cacheWrite(), rates.input());
        addUnless(text, "l", rates.cacheWriteLong(), Rates.UNPRICED);
        addUnless(text, "r", rates.reasoning(), rates.output());
    }

    private static void addUnless(StringJoiner text, String letter, long nanos, long usual) {
        if (nanos != usual) {
            text.add(letter + usd(nanos));
        }
    }

    private static String usd(long nanos) {
        return new Money(nanos).toString();
    }

    /// Reads what [#write(Price)] writes.
    ///
    /// @throws IllegalArgumentException when the text is no such line
    static Price read(String text) {
        try {
            return price(text);
        } catch (ArithmeticException | IndexOutOfBoundsException cutOff) {
            throw unreadable(text);
        }
    }

    private static Price price(String text) {
        int tier = text.indexOf(TIER);
        Words base = Words.of(tier < 0 ? text : text.substring(0, tier));
        List<Price.Tier> tiers = new ArrayList<>();
        while (tier >= 0) {
            int from = tier + TIER.length();
            tier = text.indexOf(TIER, from);
            String group = tier < 0 ? text.substring(from) : text.substring(from, tier);
            int space = group.indexOf(' ');
            if (space < 0) {
                throw unreadable(group);
            }
            Words words = Words.of(group.substring(space + 1));
            tiers.add(new Price.Tier(Long.parseLong(group.substring(0, space)), words.rates()));
        }
        return new Price(base.rates(), base.image, base.request, base.webSearch, tiers);
    }

    /// The words of one group, each class at its default until said.
    private static final class Words {
        private final long input;
        private final long output;
        private long cachedInput;
        private long cacheWrite;
        private long cacheWriteLong = Rates.UNPRICED;
        private long reasoning;
        private long image;
        private long request;
        private long webSearch = Rates.UNPRICED;

        private Words(long input, long output) {
            this.input = input;
            this.output = output;
            this.cachedInput = input;
            this.cacheWrite = input;
            this.reasoning = output;
        }

        private static Words of(String group) {
            int first = group.indexOf(' ');
            if (first < 0) {
                throw unreadable(group);
            }
            int from = end(group, first + 1);
            Words words = new Words(nanos(group, 0, first), nanos(group, first + 1, from));
            while (from < group.length()) {
                int to = end(group, from + 1);
                words.say(group.charAt(from + 1), nanos(group, from + 2, to));
                from = to;
            }
            return words;
        }

        private static int end(String group, int from) {
            int space = group.indexOf(' ', from);
            return space < 0 ? group.length() : space;
        }

        private void say(char letter, long nanos) {
            switch (letter) {
                case 'c' -> cachedInput = nanos;
                case 'w' -> cacheWrite = nanos;
                case 'l' -> cacheWriteLong = nanos;
                case 'r' -> reasoning = nanos;
                case 'i' -> image = nanos;
                case 'q' -> request = nanos;
                case 's' -> webSearch = nanos;
                default -> throw unreadable(String.valueOf(letter));
            }
        }

        private Rates rates() {
            return new Rates(input, cachedInput, cacheWrite, cacheWriteLong, output, reasoning);
        }
    }

    /// A plain decimal of at most nine places; by hand, because lists of models are long.
    private static long nanos(String text, int from, int to) {
        int point = text.indexOf('.', from);
        if (point < 0 || point >= to) {
            return Math.multiplyExact(Long.parseLong(text, from, to, 10), Money.NANOS_PER_USD);
        }
        int decimals = to - point - 1;
        if (decimals < 1 || decimals > DECIMALS_MAX) {
            throw unreadable(text.substring(from, to));
        }
        long fraction = Long.parseLong(text, point + 1, to, 10);
        for (int i = decimals; i < DECIMALS_MAX; i++) {
            fraction *= 10;
        }
        long whole = Long.parseLong(text, from, point, 10);
        return Math.addExact(Math.multiplyExact(whole, Money.NANOS_PER_USD), fraction);
    }

    private static IllegalArgumentException unreadable(String found) {
        return new IllegalArgumentException(
                "price: %s (expected: input, output, and letters of cwlriqs with USD)"
                        .formatted(found));
    }
}
