/**
 * Sheets as RFC 4180 has them, which is what spreadsheets read and write. {@link
 * dev.hatchery.wire.csv.Csv} reads strictly: a quote in the wrong place or a row of another length
 * is refused with its line, since a shifted column would put a value on the wrong label.
 */
@NullMarked
package dev.hatchery.wire.csv;

import org.jspecify.annotations.NullMarked;
