import CardCrypto
import CardIO
import ContactInterface
import Foundation
import GlobalPlatform
import ISO7816
import Synchronization
import TestPrograms
import TestSupport
import Testing

/// What a card with a security domain answers otherwise than it should: bytes in hexadecimal digits, status word
/// included. Where several are listed, they come in turn, and the last one again and again.
struct DomainFaults: Sendable {
    /// Instead of the answers to GET STATUS, by P1 and P2; anything else is answered 6A88.
    var status: [UInt16: [String]] = [:]
    /// Instead of those to GET DATA, by the tag; what is not listed is answered as usual.
    var data: [UInt16: String] = [:]
    /// Instead of those to SELECT, by the AID.
    var select: [String: String] = [:]
    /// P1 and P2 of the GET DATA or GET STATUS at which it answers no more.
    var isLostAt: UInt16?
}

/// An emulated card with a security domain whose faults can be exchanged while it is in a reader.
final class FaultyDomain: IntegratedCircuitCard {
    /// The faults, as seen from outside.
    final class Faults: Sendable {
        private let current = Mutex(DomainFaults())
        private let served = Mutex<[UInt16: Int]>([:])

        func set(_ faults: DomainFaults) {
            current.withLock { $0 = faults }
            served.withLock { $0 = [:] }
        }

        fileprivate var now: DomainFaults { current.withLock { $0 } }

        /// The next answer to GET STATUS.
        fileprivate func status(_ parameters: UInt16) -> String? {
            guard let answers = now.status[parameters], let last = answers.last else { return nil }
            let index = served.withLock { served in
                defer { served[parameters, default: 0] += 1 }
                return served[parameters, default: 0]
            }
            return answers.indices.contains(index) ? answers[index] : last
        }
    }

    private let card: SecurityDomainCard
    private let faults: Faults

    init(_ faults: Faults) throws {
        self.faults = faults
        card = SecurityDomainCard(try KeySet.test(.aes))
        func answer(_ text: String?) -> ResponseAPDU? {
            text.map { text in
                do { return try ResponseAPDU(hex(text)) } catch {
                    preconditionFailure("\(text) is no answer: \(error)")
                }
            }
        }
        card.answering = { command in
            answer(faults.status(command.parameters)) ?? ResponseAPDU(status: .referencedDataNotFound)
        }
        card.answeringOpenly = { command in
            let other = faults.now
            if command.ins == 0xA4 { return answer(other.select[[UInt8](command.data).hexadecimal()]) }
            return answer(other.data[command.parameters])
        }
    }

    var answerToReset: [UInt8] { card.answerToReset }

    func reset() throws(CardError) { try card.reset() }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        if let lost = faults.now.isLostAt, [0xCA, 0xF2].contains(command[1]),
            command[2...3].elementsEqual([UInt8(lost >> 8), UInt8(truncatingIfNeeded: lost)])
        {
            throw CardError(.cardUnresponsive, subject: "faulty domain")
        }
        return try card.process(command)
    }
}

extension CommandAPDU {
    fileprivate var parameters: UInt16 { UInt16(p1) << 8 | UInt16(p2) }
}

/// The program, run with a faulty card that is in a reader of the private pcscd.
struct GPBench: Sendable {
    /// What a run as text and one with `--json` showed.
    struct Run {
        let lines: [String]
        let errors: String
        /// Both runs' exit status.
        let status: Int32
        let json: [String: Any]
        /// The error of the run with `--json`.
        let error: [String: Any]?

        func texts(_ member: String) -> [String] { json[member] as? [String] ?? [] }
        func objects(_ member: String) -> [[String: Any]] { json[member] as? [[String: Any]] ?? [] }
        var domain: [String: Any] { json["securityDomain"] as? [String: Any] ?? [:] }
        /// The AIDs of the list.
        var aids: [String] { objects("entries").compactMap { $0["aid"] as? String } }
        /// The status words of what failed.
        var statusWords: [String] { objects("failures").map { $0["statusWord"] as? String ?? "none" } }
        /// What failed, in words.
        var failures: [String] { objects("failures").map { $0["message"] as? String ?? "" } }

        /// The value beside a name in a table.
        func value(_ name: String) -> String? {
            let rows = lines.map { $0.drop { $0 == " " } }
            return rows.first { $0.hasPrefix(name + "  ") }.map { row in
                String(row.dropFirst(name.count).drop { $0 == " " })
            }
        }
    }

    let readers: VirtualReaders
    private let card: VirtualReaderCard
    private let faults: FaultyDomain.Faults

    /// Lends a reader with a faulty card in it, which has T=1 or else T=0.
    static func with(isT0: Bool = false, _ body: (GPBench) async throws -> Void) async throws {
        try await VirtualReaders.lend { readers in
            let faults = FaultyDomain.Faults()
            let domain = try FaultyDomain(faults)
            let card = try await readers.insert(
                isT0 ? T0Card(domain, answerToReset: [0x3B, 0x00]) : domain as any IntegratedCircuitCard)
            do { try await body(GPBench(readers: readers, card: card, faults: faults)) } catch {
                await card.remove()
                throw error
            }
            await card.remove()
        }
    }

    /// Runs `vstore gp` with a card that has these faults, as text and with `--json`.
    func run(
        _ line: String, with faults: DomainFaults, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Run {
        let text = try await run(line, faults)
        let document = try await run(line + " --json", faults)
        #expect(text.status == document.status, "\(text) \(document)", sourceLocation: sourceLocation)
        func object(_ line: String) throws -> [String: Any]? {
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
        let lines = document.output.split(separator: "\n")
        let said = document.errors.split(separator: "\n")
        // One object for the result, and one for the error where there is one; nothing else.
        #expect(lines.count <= 1 && said.count == (document.status == 0 ? 0 : 1), "\(document)")
        return Run(
            lines: text.output.split(separator: "\n").map(String.init), errors: text.errors, status: text.status,
            json: try lines.first.flatMap { try object(String($0)) } ?? [:],
            error: try said.first.flatMap { try object(String($0))?["error"] as? [String: Any] })
    }

    private func run(_ line: String, _ faults: DomainFaults) async throws -> Program.Outcome {
        self.faults.set(faults)
        let outcome = try await Program(
            BuiltProgram.vstore.path,
            ["gp"] + line.split(separator: " ").map(String.init) + ["--reader", readers.slots[0].reader],
            environment: .inherited(readers.environment)
        ).run()
        // A card that failed has left the reader.
        if faults.isLostAt != nil { try await readers.insert(card) }
        return outcome
    }
}
