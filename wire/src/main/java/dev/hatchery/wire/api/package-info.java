/**
 * The operator API's messages: what is asked for ({@code …Request}) and what is shown ({@code
 * …View}). {@link dev.hatchery.wire.api.Api} lists their codecs.
 *
 * <p>Requests are read strictly, so that a misspelt field is refused and not ignored. Views are
 * read openly: a client of this version understands a newer server. Views are made for people and
 * for the programs they write; nothing here is signed.
 */
@NullMarked
package dev.hatchery.wire.api;

import org.jspecify.annotations.NullMarked;
