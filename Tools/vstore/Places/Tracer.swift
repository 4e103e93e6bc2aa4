import CardIO
import ISO7816

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows what goes to cards and comes from them, on standard error.
struct Tracer: Sendable {
    private let dictionary: APDUDictionary
    private let json: Bool

    init(json: Bool) throws {
        dictionary = try APDUDictionary()
        self.json = json
    }

    /// Puts itself before a card.
    func trace(_ channel: some CardChannel, name: String) -> any CardChannel {
        let show = sink()
        return TracingChannel(channel, name: name, sink: show)
    }

    /// What shows the events of one card.
    func sink() -> (TraceEvent) -> Void {
        var decoder = TraceDecoder(dictionary)
        let text = TraceText(style: Paint.shows(on: STDERR_FILENO) ? .coloured : .plain)
        return { [json] event in
            let decoded = decoder.decode(event)
            let lines = json ? [TraceJSON().line(for: decoded)] : text.lines(for: decoded)
            for line in lines { Console.complain(line) }
        }
    }
}
