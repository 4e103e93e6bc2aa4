import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct HostSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign the state of the audit trail, as once a minute.",
        discussion: """
            A signed root covers every entry of all chains so far; host prove proves an entry by it. The entries since \
            the last root are verified first. Nothing is signed while the last root is less than a minute old, or \
            nothing was added since. The public key, by which anybody verifies roots and proofs, belongs where others \
            find it without you: in print, or on a web page.

              vstore host sign
            """)

    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        // Opening signs a root that is due.
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let root = try host.records.roots().last
        let key = try host.records.rootKey
        common.console.output(
            ["root": root.map(\.json) ?? .null, "publicKey": key.map { .text($0.hexadecimal) } ?? .null],
            [
                root.map { "root \($0.number), signed \($0.time.dateTime), covers \($0.entryCount) entries" }
                    ?? "the audit trail is empty: there is nothing to sign"
            ] + (key.map { ["public key \($0.hexadecimal)"] } ?? []))
    }
}

struct HostProve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that the audit trail has a receipt's entry, to somebody without the records.",
        discussion: """
            The file has the entry, its path to a signed root, and the signature. Whoever has it, the receipt and the \
            host's public key needs nothing else: Tools/interop/audit_proof.py verifies it, in a hundred lines of \
            Python. An entry that no root covers yet is covered first.

              vstore host prove 118-3F2A90C41B77D05E --out proof.json
            """)

    @Argument(
        help: ArgumentHelp("The mark of an entry, as on a receipt.", valueName: "mark"), transform: AuditMark.argument)
    var mark: AuditMark

    @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var out: String

    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        var proof = try host.records.proof(of: mark)
        if proof == nil {
            try host.records.signRoot(at: host.clock())
            proof = try host.records.proof(of: mark)
        }
        guard let proof, let key = try host.records.rootKey else {
            throw HostError(.auditBroken, "\(host.folder.path), noted mark \(mark)")
        }
        try TextFile.write("\(proof.json)\n", to: out, option: "--out")
        common.console.output(
            [
                "file": .text(out), "mark": .text("\(mark)"), "root": proof.root.json,
                "publicKey": .text(key.hexadecimal),
            ],
            [
                "\(out): entry \(mark) is covered by root \(proof.root.number), signed \(proof.root.time.dateTime)",
                "public key \(key.hexadecimal)",
            ])
    }
}

extension AuditRoot {
    /// Of all chains, up to this root.
    fileprivate var entryCount: Int { heads.reduce(0) { $0 + Int($1.last) } }

    fileprivate var json: JSONValue {
        [
            "number": .number(Int(number)), "time": .moment(time), "entries": .number(entryCount),
            "chains": .number(heads.count),
        ]
    }
}

extension AuditProof {
    /// The proof file; all bytes in hexadecimal.
    fileprivate var json: JSONValue {
        [
            "format": .text("valuestore audit proof 1"), "mark": .text("\(mark)"),
            "entry": .text(entry.hexadecimal), "hash": .text(hash.hexadecimal),
            "entryPath": .list(entryPath.map { .text($0.hexadecimal) }),
            "head": .text(head.bytes.hexadecimal), "headIndex": .number(headIndex),
            "headPath": .list(headPath.map { .text($0.hexadecimal) }),
            "statement": .text(root.statement.hexadecimal), "signature": .text(root.signature.hexadecimal),
        ]
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
