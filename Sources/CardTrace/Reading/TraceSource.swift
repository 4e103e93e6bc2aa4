/// An input format of traces.
public enum TraceSource: String, Sendable, Hashable, CaseIterable {
    /// Hexadecimal bytes, one command or answer per line, or arrays of source code.
    case hex
    /// JSON lines of ``TraceJSON``.
    case json
    /// pcapng of exported PDUs or GSMTAP.
    case pcapng
    /// OpenSC: `OPENSC_DEBUG`, `opensc-tool -v` and `-s`.
    case opensc
    /// `pcscd --apdu`, also as a journal or syslog has it.
    case pcscd
    /// pyscard's observers, and scriptor of pcsc-tools, with resets.
    case pyscard
    /// apdu4j and GlobalPlatformPro, `-d` and dumps.
    case apdu4j
    /// The raw log of pcsc-lite's spy library.
    case spy

    /// The format that a line reveals; nil where it is ambiguous.
    init?(revealedBy line: Substring) {
        let text = line.drop { $0 == " " || $0 == "\t" }
        if let source = Self.allCases.first(where: { $0.lineParser?.recognizes(text) == true }) {
            self = source
        } else if HexadecimalTrace.recognizesMark(text) {
            // Bytes with marks that no program's log has so.
            self = .hex
        } else {
            return nil
        }
    }

    /// The parser of its lines; nil for pcapng, which has none.
    var lineParser: (any TraceLineParser.Type)? {
        switch self {
        case .hex: HexadecimalTrace.self
        case .json: JSONTrace.self
        case .pcapng: nil
        case .opensc: OpenSCLog.self
        case .pcscd: PCSCDLog.self
        case .pyscard: PyscardLog.self
        case .apdu4j: APDU4JLog.self
        case .spy: SpyLog.self
        }
    }
}
