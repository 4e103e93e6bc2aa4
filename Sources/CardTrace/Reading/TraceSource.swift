/// An input format of traces.
public enum TraceSource: String, Sendable, Hashable, CaseIterable {
    /// Hexadecimal bytes, one command or answer per line.
    case hex
    /// JSON lines of ``TraceJSON``.
    case json
    /// pcapng of exported PDUs or GSMTAP.
    case pcapng
    /// OpenSC: `OPENSC_DEBUG`, `opensc-tool -v` and `-s`.
    case opensc
    /// `pcscd --apdu`.
    case pcscd
    /// pyscard's observers, and scriptor of pcsc-tools.
    case pyscard
    /// apdu4j and GlobalPlatformPro, `-d` and dumps.
    case apdu4j
    /// The raw log of pcsc-lite's spy library.
    case spy

    /// The format that a line reveals; nil where it is ambiguous.
    init?(telling line: Substring) {
        let text = line.drop { $0 == " " }
        if text.hasPrefix("{") {
            self = .json
        } else if text.hasPrefix("A>> ") || text.hasPrefix("A<< ") || text.hasPrefix("SCardConnect(\"")
            || text.hasPrefix("# Sent") || text.hasPrefix("# Generated on") && text.utf8.contains("apdu4j")
        {
            self = .apdu4j
        } else if text.hasPrefix("Outgoing APDU") || text.hasPrefix("Incoming APDU") || text.hasPrefix("Sending: ")
            || text.hasPrefix("Received (SW1=") || OpenSCLog.isDebugLine(text)
        {
            self = .opensc
        } else if PCSCDLog.isLogLine(text) {
            self = .pcscd
        } else if SpyLog.isLogLine(text) {
            self = .spy
        } else if text.hasPrefix("> ") || text.hasPrefix("< ") || text.hasPrefix("connecting to ")
            || text.hasPrefix("Using T=")
        {
            self = .pyscard
        } else if !text.isEmpty, [UInt8](spacedHexadecimal: text) != nil {
            self = .hex
        } else {
            return nil
        }
    }
}
