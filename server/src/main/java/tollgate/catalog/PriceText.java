package tollgate.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// A price as one line of text in the database: equal prices are equal texts, whatever was left to
/// a default. Such as `input=150000000 cached-input=… output=… image=0 … above=200000 input=…`.
final class PriceText {
    private static final String ABOVE = "above";

    private PriceText() {}

    static String write(Price price) {
        StringJoiner text = new StringJoiner(" ");
        rates(text, price.rates());
        text.add("image=" + price.image());
        text.add("request=" + price.request());
        text.add("web-search=" + price.webSearch());
        for (Price.Tier tier : price.tiers()) {
            text.add(ABOVE + "=" + tier.above());
            rates(text, tier.rates());
        }
        return text.toString();
    }

    private static void rates(StringJoiner text, Rates rates) {
        text.add("input=" + rates.input());
        text.add("cached-input=" + rates.cachedInput());
        text.add("cache-write=" + rates.cacheWrite());
        text.add("cache-write-1h=" + rates.cacheWriteLong());
        text.add("output=" + rates.output());
        text.add("reasoning=" + rates.reasoning());
    }

    /// @throws IllegalArgumentException when the text is no such line
    static Price read(String text) {
        List<Map<String, Long>> groups = groups(text);
        Map<String, Long> base = groups.getFirst();
        List<Price.Tier> tiers = new ArrayList<>();
        for (Map<String, Long> group : groups.subList(1, groups.size())) {
            tiers.add(new Price.Tier(number(group, ABOVE), rates(group)));
        }
        return new Price(
                rates(base),
                number(base, "image"),
                number(base, "request"),
                number(base, "web-search"),
                tiers);
    }

    private static List<Map<String, Long>> groups(String text) {
        List<Map<String, Long>> groups = new ArrayList<>();
        groups.add(new HashMap<>());
        for (String word : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw unreadable(word);
            }
            String name = word.substring(0, equals);
            if (name.equals(ABOVE)) {
                groups.add(new HashMap<>());
            }
            groups.getLast().put(name, Long.valueOf(word.substring(equals + 1)));
        }
        return groups;
    }

    private static Rates rates(Map<String, Long> group) {
        return new Rates(
                number(group, "input"),
                number(group, "cached-input"),
                number(group, "cache-write"),
                number(group, "cache-write-1h"),
                number(group, "output"),
                number(group, "reasoning"));
    }

    private static long number(Map<String, Long> group, String name) {
        Long number = group.get(name);
        if (number == null) {
            throw unreadable("no " + name);
        }
        return number;
    }

    private static IllegalArgumentException unreadable(String found) {
        return new IllegalArgumentException(
                "stored price: %s (expected: name=number for every class)".formatted(found));
    }
}
