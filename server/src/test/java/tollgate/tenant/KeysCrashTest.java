package tollgate.tenant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.unit.Environment;

/// Another process changes keys and says so, and is killed at any instant.
final class KeysCrashTest {
    private static final int ROUNDS = 3;

    @TempDir private Path folder;

    @Test
    void i33WhatWasAcknowledgedSurvivesAKill() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> told = killedAfter(40 + 23 * round);
            try (House house = House.open(folder)) {
                for (String line : told) {
                    boolean alive = line.charAt(0) == '+';
                    assertThat(house.keys.find(line.substring(1)) != null)
                            .as(line.substring(0, 9))
                            .isEqualTo(alive);
                }
            }
        }
    }

    /// Starts the process, kills it after so many lines, and gives what it said in whole lines.
    private List<String> killedAfter(int lines) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Busy.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<String> told = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            while (told.size() < lines) {
                told.add(Objects.requireNonNull(reader.readLine(), "the process ended by itself"));
            }
            // Through the handle: the process itself would close its pipe with what is in it.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
            String last = reader.readLine();
            while (last != null && last.endsWith(".")) {
                told.add(last);
                last = reader.readLine();
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return told.stream().map(line -> line.substring(0, line.length() - 1)).toList();
    }

    /// The other process: `+KEY.` once a key works, `-KEY.` once it does no more.
    static final class Busy {
        private Busy() {}

        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(System.out, true, UTF_8);
            House house = House.open(Path.of(arguments[0]));
            for (int i = 0; ; i++) {
                Accounts.Created made =
                        house.accounts.create(
                                new Newcomer("n", null, "email"), Environment.LIVE, (_, _) -> {});
                Key actor = made.key().key();
                out.println("+" + made.key().text().reveal() + ".");
                IssuedKey second =
                        house.keys.create(actor, Environment.DEV, KeySettings.named("d"));
                if (i % 2 == 0) {
                    house.keys.delete(actor, second.key().id());
                    out.println("-" + second.text().reveal() + ".");
                } else {
                    IssuedKey third = house.keys.rotate(actor, second.key().id(), Duration.ZERO);
                    out.println("-" + second.text().reveal() + ".");
                    out.println("+" + third.text().reveal() + ".");
                }
            }
        }
    }
}
