/// The HTTP server and client: strict framing, deadlines, bounded memory.
///
/// Vert.x gives event loops, sockets, TLS and name resolution; on each connection stand two
/// handlers of ours, a strict subclass of Netty's decoder and the connection itself:
///
/// ```
/// caller ─▶ StrictRequestDecoder ─▶ ServerConnection ─▶ ServerExchange ─▶ Front
///           HeadCheck, ChunkedCheck   RequestBody         Exchange, Stream
///           HeadRules, Target
///
/// upstream ◀─▶ StrictResponseDecoder ─▶ ClientConnection ─▶ ClientCall ─▶ Reply.Sink
///                                       ConnectionStack     Ongoing, Reply
/// ```
///
/// Everything of one call happens on one event loop, so nothing here locks; what may be called from
/// another thread says so. The way of a request costs no timer, no queue and no object for options:
/// deadlines are seen by one tick a loop, an answer is one buffer and one write, what is written in
/// one turn is flushed once, and what one read brought reaches the sink as one piece.
@NullMarked
package tollgate.http;

import org.jspecify.annotations.NullMarked;
