package dev.hatchery.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The word that was probably meant, for refusals of words that are not known. */
public final class Nearest {
  private Nearest() {}

  /** The known word with the fewest typing errors, unless it is too far off to be meant. */
  public static Optional<String> to(String got, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String word) -> distance(word, got)))
        .filter(word -> distance(word, got) <= Math.max(2, word.length() / 3));
  }

  // Levenshtein; the words are short.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) row[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
