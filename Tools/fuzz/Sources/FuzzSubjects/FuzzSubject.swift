/// Code that reads untrusted bytes, and what must hold for any of them.
///
/// libFuzzer finds the bytes (`Tools/fuzz/run`); the normal tests check those that were found and kept.
public struct FuzzSubject: Sendable {
    /// What the command line and the corpus call it.
    public let name: String
    /// Tries one input.
    ///
    /// - Throws: `BrokenProperty`. A trap is a failure too.
    public let check: @Sendable (_ bytes: [UInt8]) throws(BrokenProperty) -> Void

    init(_ name: String, _ check: @escaping @Sendable (_ bytes: [UInt8]) throws(BrokenProperty) -> Void) {
        self.name = name
        self.check = check
    }

    /// The subject called `name`, or nil.
    public static func named(_ name: String) -> FuzzSubject? { all.first { $0.name == name } }

    /// Every subject.
    public static let all: [FuzzSubject] = [
        FuzzSubject("command", CommandSubject.check),
        FuzzSubject("response", ResponseSubject.check),
        FuzzSubject("tlv", TLVSubject.check),
        FuzzSubject("atr", ATRSubject.check),
        FuzzSubject("t0", T0Subject.check),
        FuzzSubject("t1", T1Subject.check),
        FuzzSubject("contacts", ContactSubject.check),
        FuzzSubject("script", ScriptSubject.check),
        FuzzSubject("trace", TraceSubject.check),
        FuzzSubject("pcapng", TraceFileSubject.pcapng),
        FuzzSubject("log", TraceFileSubject.logs),
        FuzzSubject("trace-json", TraceFileSubject.json),
        FuzzSubject("dictionary", DictionarySubject.check),
        FuzzSubject("vpcd", VPCDSubject.check),
        FuzzSubject("memory", MemorySubject.check),
        FuzzSubject("globalplatform", GlobalPlatformSubject.check),
        FuzzSubject("rules", RulesSubject.check),
        FuzzSubject("purse", PurseSubject.check),
        FuzzSubject("master-key", MasterKeySubject.check),
        FuzzSubject("letter", LetterSubject.check),
    ]
}

/// A property that did not hold.
public struct BrokenProperty: Error, CustomStringConvertible {
    /// The property, in words.
    public let description: String
}

/// Throws where `condition` does not hold.
func hold(_ condition: Bool, _ property: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(description: property()) }
}
