package tollgate.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/// Reads addresses: URLs that we build upon, and blocks of IP addresses.
final class Urls {
    private Urls() {}

    /// An http or https URL without query and user, and without its trailing slash.
    static String base(Section section, String key, String fallback) {
        String text = section.text(key, fallback);
        if (text.isEmpty()) {
            return text;
        }
        if (!isBase(text)) {
            throw section.refused(key, text, "a URL such as https://api.example.com/v1");
        }
        return text.replaceAll("/+$", "");
    }

    private static boolean isBase(String text) {
        try {
            URI url = new URI(text);
            String scheme = url.getScheme();
            return ("http".equals(scheme) || "https".equals(scheme))
                    && url.getHost() != null
                    && url.getPort() <= 65_535
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    /// Addresses or CIDR blocks, such as `10.0.0.0/8`.
    static List<String> blocks(Section section, String key) {
        List<String> blocks = section.texts(key, List.of());
        for (String block : blocks) {
            if (!isBlock(block)) {
                throw section.refused(key, block, "addresses or blocks such as 10.0.0.0/8");
            }
        }
        return blocks;
    }

    private static boolean isBlock(String block) {
        int slash = block.indexOf('/');
        try {
            int bits =
                    InetAddress.ofLiteral(slash < 0 ? block : block.substring(0, slash))
                                    .getAddress()
                                    .length
                            * 8;
            Optional<Long> prefix =
                    slash < 0 ? Optional.of(0L) : Quantity.integer(block.substring(slash + 1));
            return prefix.filter(p -> p >= 0 && p <= bits).isPresent();
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}
