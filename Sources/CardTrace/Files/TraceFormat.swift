/// An output format of traces.
public enum TraceFormat: String, Sendable, Hashable, CaseIterable {
    /// Two lines per exchange, for people.
    case text
    /// JSON lines, which can be read back and replayed.
    case json
    /// pcapng of exported PDUs, which Wireshark decodes as ISO 7816 without settings.
    case pcapng
    /// pcapng of GSMTAP over UDP, which Wireshark decodes as GSM SIM.
    case gsmtap

    /// The format implied by a file name: `.pcapng` and `.pcap`; `.txt`, `.text` and `.log`; JSON lines for any other.
    public init(path: String) {
        let suffix = path.split(separator: "/").last?.split(separator: ".").dropFirst().last?.lowercased()
        self =
            switch suffix {
            case "pcapng", "pcap": .pcapng
            case "txt", "text", "log": .text
            default: .json
            }
    }
}
