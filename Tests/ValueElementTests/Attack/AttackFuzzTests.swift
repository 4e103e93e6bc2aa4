import ISO7816
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// Random commands from a caller without a key.
@Suite struct AttackFuzzTests {
    private struct Shapes {
        var numbers: SeededGenerator
        var heard: [[UInt8]] = []

        mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &numbers)] }

        mutating func next() -> [UInt8] {
            let shape = Int.random(in: 0..<10, using: &numbers)
            switch shape {
            case 0: return numbers.bytes(Int.random(in: 0...300, using: &numbers))
            case 1 where !heard.isEmpty:
                var command = pick(heard)
                if command.isEmpty { return command }
                command[Int.random(in: 0..<command.count, using: &numbers)] ^=
                    1 << UInt8.random(in: 0...7, using: &numbers)
                return command
            case 2 where !heard.isEmpty: return pick(heard)
            default: return plausible()
            }
        }

        private mutating func plausible() -> [UInt8] {
            let ins = pick(
                [0x50, 0x52, 0x52, 0xA4, 0xCA, 0x20, 0x24, 0x2C, 0xD8, 0xDA, 0x60, 0x62, 0x64, 0x66, 0xC0] as [UInt8])
            let cla = [0xA4, 0xCA, 0x20, 0x24, 0x2C, 0xC0].contains(ins) ? 0x00 : 0x80 as UInt8
            let p1 = ins == 0xA4 ? 4 : UInt8.random(in: 0...11, using: &numbers)
            let p2 = ins == 0xA4 ? 0 : UInt8.random(in: 0...3, using: &numbers)
            var data: [UInt8]
            switch ins {
            case 0x50:
                data = bigEndian(pick([World.host, World.gasMeter]).rawValue) + numbers.bytes(16)
            case 0xA4: data = pick([ElementApplication.purse, .masterKey]).aid
            case 0x20, 0x2C: data = Array("\(Int.random(in: 1000...9999, using: &numbers))".utf8)
            case 0xCA: data = []
            case 0xD8: data = [UInt8.random(in: 1...3, using: &numbers), 2] + numbers.bytes(19)
            case 0x60: data = bigEndian(World.card.rawValue)
            case 0x62: data = numbers.bytes(44)
            default: data = numbers.bytes(Int.random(in: 0...60, using: &numbers))
            }
            if Int.random(in: 0..<12, using: &numbers) == 0 { data.append(0) }
            var command = [cla, ins, p1, p2]
            if Int.random(in: 0..<12, using: &numbers) == 0 {
                command += [0, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
            } else if !data.isEmpty {
                command += [UInt8(data.count)] + data
            }
            if Bool.random(using: &numbers) { command.append(0) }
            return command
        }
    }

    private func fuzz(_ victim: Victim, seed: UInt64) throws -> [StatusWord: Int] {
        var shapes = Shapes(numbers: SeededGenerator(seed: seed))
        var words: [StatusWord: Int] = [:]
        for round in 0..<10_000 {
            if round % 1500 == 1499 { try victim.card.reset() }
            let command = shapes.next()
            if shapes.heard.count < 200 { shapes.heard.append(command) }
            let answer = try victim.send(command)
            #expect(answer.data.count <= 256)
            words[answer.status, default: 0] += 1
        }
        return words
    }

    /// A card with a valid session in progress: nothing is applied, and only NT and counts change.
    @Test func `card`() throws {
        let victim = try Victim(World.issuedCard())
        let before = try victim.image
        let words = try fuzz(victim, seed: 5)
        let after = try victim.image
        #expect(after.purses == before.purses && after.slots == before.slots && after.kept == before.kept)
        #expect(after.keys == before.keys && after.state == before.state && after.eid == before.eid)
        let reached: [StatusWord] = [
            .success, .verificationFailed, .wrongLength, .securityStatusNotSatisfied, .conditionsNotSatisfied,
            .wrongParameters, .referencedDataNotFound, .notFound, .instructionNotSupported, .classNotSupported,
        ]
        for word in reached { #expect(words[word, default: 0] > 0, "\(word) was never reached") }
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(1))) == .done)
    }

    /// A master-key card: no key, PIN or rule changes without authorization.
    @Test func `master-key card`() throws {
        let desk = try Desk()
        let victim = desk.card
        let before = try victim.masterKey
        let words = try fuzz(victim, seed: 6)
        let after = try victim.masterKey
        #expect(after.keys == before.keys && after.rules == before.rules && after.sealed == before.sealed)
        #expect(after.issued == before.issued && after.unfinished == before.unfinished)
        #expect(after.custodians.map(\.pin?.count) == before.custodians.map(\.pin?.count))
        #expect(try victim.image.purses == [Desk.float])
        for word in [.success, .authenticationMethodBlocked, .verificationFailed] as [StatusWord] {
            #expect(words[word, default: 0] > 0, "\(word) was never reached")
        }
    }
}
