package tollgate.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// One row of `framing/cases.txt`, which explains the columns.
@SuppressWarnings("ArrayRecordComponent") // never compared
record FramingCase(String name, List<Integer> statuses, boolean closes, byte[] raw) {
    private static final int COLUMNS = 4;

    static List<FramingCase> all() {
        try (InputStream in =
                Objects.requireNonNull(
                        FramingCase.class.getResourceAsStream("/framing/cases.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(FramingCase::parse)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static FramingCase parse(String line) {
        String[] columns = line.split(" \\|(?: |$)", COLUMNS);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("row: %s (expected: 4 columns)".formatted(line));
        }
        List<Integer> statuses = new ArrayList<>();
        for (String status : columns[1].split(",", -1)) {
            if (!status.equals("-")) {
                statuses.add(Integer.valueOf(status));
            }
        }
        boolean closes =
                switch (columns[2]) {
                    case "close" -> true;
                    case "keep" -> false;
                    default -> throw new IllegalArgumentException("row: " + line);
                };
        return new FramingCase(columns[0], List.copyOf(statuses), closes, unescape(columns[3]));
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("<<", i)) {
                int end = text.indexOf(">>", i);
                int star = text.lastIndexOf('*', end);
                byte[] piece = unescape(text.substring(i + 2, star));
                int times = Integer.parseInt(text.substring(star + 1, end));
                for (int n = 0; n < times; n++) {
                    out.writeBytes(piece);
                }
                i = end + 1;
            } else if (text.charAt(i) == '\\') {
                i++;
                switch (text.charAt(i)) {
                    case 'r' -> out.write('\r');
                    case 'n' -> out.write('\n');
                    case 't' -> out.write('\t');
                    case '0' -> out.write(0);
                    case '\\' -> out.write('\\');
                    case 'x' -> {
                        out.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                        i += 2;
                    }
                    default -> throw new IllegalArgumentException("escape in: " + text);
                }
            } else {
                out.write(text.charAt(i));
            }
        }
        return out.toByteArray();
    }

    /// How many of its requests the front may see.
    long passing() {
        return statuses.stream().filter(status -> status == 200).count();
    }

    @Override
    public String toString() {
        return name;
    }
}
