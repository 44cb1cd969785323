package tollgate.wire.sse;

/// Takes the events of one stream, in order.
public interface SseSink {
    /// One complete event. It and its bytes are the framer's: they are valid during this call only.
    void event(SseEvent event);

    /// An event grew beyond [SseFramer#EVENT_BYTES_MAX]; nothing more comes from this stream.
    void tooLarge();
}
