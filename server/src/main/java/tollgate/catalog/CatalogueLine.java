package tollgate.catalog;

import java.util.EnumSet;
import java.util.Set;
import tollgate.config.Config;

/// One line of the catalogue, in the format that the head of `catalogue.tsv` explains.
final class CatalogueLine {
    private static final int FIELDS = 7;
    private static final int PRICE = 5;
    private static final String NOT_KNOWN = "-";

    private CatalogueLine() {}

    /// Reads all of it.
    ///
    /// @throws IllegalArgumentException when the line is none of ours
    static ModelFacts read(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException(
                    "catalogue line: %s (expected: %d fields between tabs)"
                            .formatted(line, FIELDS));
        }
        return new ModelFacts(
                fields[0],
                PriceText.read(fields[PRICE]),
                About.known(
                        number(fields[1]),
                        number(fields[2]),
                        !fields[4].equals("v"),
                        modalities(fields[3]),
                        number(fields[6])));
    }

    /// Only the name.
    static String model(String line) {
        return line.substring(0, line.indexOf('\t'));
    }

    /// Only the price, as text.
    static String price(String line) {
        int from = 0;
        for (int i = 0; i < PRICE; i++) {
            from = line.indexOf('\t', from) + 1;
        }
        return line.substring(from, line.indexOf('\t', from));
    }

    private static long number(String field) {
        return field.equals(NOT_KNOWN) ? About.UNKNOWN : Long.parseLong(field);
    }

    private static Set<Config.Modality> modalities(String letters) {
        Set<Config.Modality> all = EnumSet.noneOf(Config.Modality.class);
        for (int i = 0; i < letters.length(); i++) {
            all.add(
                    switch (letters.charAt(i)) {
                        case 't' -> Config.Modality.TEXT;
                        case 'i' -> Config.Modality.IMAGE;
                        case 'a' -> Config.Modality.AUDIO;
                        case 'f' -> Config.Modality.FILE;
                        case 'v' -> Config.Modality.VIDEO;
                        default ->
                                throw new IllegalArgumentException(
                                        "modality: %s (expected: letters of tiafv)"
                                                .formatted(letters));
                    });
        }
        return all;
    }

    static String write(ModelFacts facts) {
        About about = facts.about();
        return String.join(
                "\t",
                facts.model(),
                text(about.context()),
                text(about.maxOutput()),
                letters(about.modalities()),
                about.hiddenReasoning() ? "h" : "v",
                PriceText.write(facts.price()),
                text(about.imageTokens()));
    }

    private static String text(long number) {
        return number == About.UNKNOWN ? NOT_KNOWN : Long.toString(number);
    }

    private static String letters(Set<Config.Modality> modalities) {
        StringBuilder letters = new StringBuilder();
        for (Config.Modality modality : Config.Modality.values()) {
            if (modalities.contains(modality)) {
                letters.append(letter(modality));
            }
        }
        return letters.toString();
    }

    private static char letter(Config.Modality modality) {
        return switch (modality) {
            case TEXT -> 't';
            case IMAGE -> 'i';
            case AUDIO -> 'a';
            case FILE -> 'f';
            case VIDEO -> 'v';
        };
    }
}
