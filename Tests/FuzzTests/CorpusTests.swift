import Foundation
import FuzzSubjects
import TestSupport
import Testing
import ValueProtocol

/// What the fuzzer has found so far, tried again: every input that reached something new, and every one that broke
/// something once.
@Suite struct CorpusTests {
    /// The inputs of a file: one a line, in hexadecimal digits; lines with # say what they are.
    private static func inputs(_ folder: String, _ name: String) throws -> [[UInt8]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Tools/fuzz/\(folder)/\(name)")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
            .filter { !$0.hasPrefix("#") }.map { line in
                let digits = Array(line.utf8)
                return try stride(from: 0, to: digits.count, by: 2).map {
                    try #require(UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16))
                }
            }
    }

    @Test(arguments: FuzzSubject.all.map(\.name))
    func `corpus holds`(name: String) throws {
        let subject = try #require(FuzzSubject.named(name))
        let inputs = try Self.inputs("corpus", name)
        #expect(!inputs.isEmpty, "a subject has a corpus")
        for input in try inputs + Self.inputs("failures", name) {
            #expect(throws: Never.self, "\(input)") { try subject.check(input) }
        }
    }

    /// The fuzzer gets past the signatures: with some values of its example a card or a meter does the operation.
    @Test(arguments: OperationCode.allCases) func `an operation is reached`(op: OperationCode) throws {
        var numbers = SeededGenerator(seed: UInt64(op.rawValue))
        let isReached = try (0..<2000).contains { trial in
            let input = PurseSubject.input(op, on: UInt8(trial & 1), fields: numbers.bytes(32))
            return try PurseSubject.done(input).contains(op)
        }
        #expect(isReached, "2,000 inputs with values of its example, and none is accepted")
    }

    /// The corpus gets past the PINs: those operations are sealed that are not like another.
    @Test func `operations are sealed`() throws {
        var sealed: Set<OperationCode> = []
        for input in try Self.inputs("corpus", "master-key") { sealed.formUnion(try MasterKeySubject.sealed(input)) }
        #expect(sealed.isSuperset(of: [.storeCredit, .putKey, .bind, .setState, .setClock, .convertTariff]))
    }
}
