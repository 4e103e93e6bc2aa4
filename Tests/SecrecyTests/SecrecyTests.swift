import CardTrace
import ISO7816
import Testing

/// No key, component, session key or PIN of any flow is in anything that is written or shown of it.
///
/// The secrets are those of the flow itself: drawn from a seed, chosen here, read from the cards' memory, seen on the way
/// to the card, or derived once more from what travelled.
@Suite struct SecrecyTests {
    // Made once, and only read from then on.
    private nonisolated(unsafe) static let flows = Result { () throws -> [Flow] in
        try ValueFlows.demonstration() + [ValueFlows.ceremony()] + ValueFlows.batchAndRotation()
            + [CardFlows.pinCommands(), CardFlows.otherCommands()] + CardFlows.globalPlatform()
    }

    @Test func `every flow has its secrets`() throws {
        let flows = try Self.flows.get()
        #expect(flows.count == 13)
        for flow in flows {
            #expect(flow.records.count > 5 && flow.records.count >= flow.travelled.count, "\(flow.name)")
            #expect(!flow.secrets.keys.isEmpty || !flow.secrets.pins.isEmpty, "\(flow.name)")
        }
        let names = ["demonstration", "demonstration as JSON", "batch issue", "key rotation"]
        let value = flows.filter { names.contains($0.name) }
        #expect(value.map(\.sessions).allSatisfy { $0 >= 2 }, "\(value.map(\.sessions))")
        #expect(value.dropFirst(2).allSatisfy { $0.unknownSessions == 0 })
        #expect(flows.reduce(0) { $0 + $1.secrets.keys.count } > 500)
        // Each PIN travelled as it is looked for: there was something to hide.
        for flow in flows {
            let raw = SecretSearch(flow.travelled.flatMap { $0.command + [0] })
            for pin in flow.secrets.pins { #expect(raw.finds(pin: pin, bareBCD: false), "\(flow.name)") }
        }
    }

    @Test(arguments: WrittenForm.allCases) func `no secret is written`(form: WrittenForm) throws {
        let dictionary = try APDUDictionary()
        for flow in try Self.flows.get() {
            let written = try form.write(flow, dictionary)
            #expect(form == .said || form == .history || written.count > flow.travelled.count, "\(flow.name)")
            let found = SecretSearch(written).finding(flow.secrets, bareBCD: flow.isFixed)
            #expect(found == nil, "\(form.rawValue) of \(flow.name) shows \(found ?? "")")
        }
    }

    /// The same secrets as data of a command that nobody knows, which nobody masks: the search finds each in every form.
    @Test(arguments: WrittenForm.allCases) func `a secret that is not masked is found`(form: WrittenForm) throws {
        let dictionary = try APDUDictionary()
        var (keys, pins): (Set<[UInt8]>, Set<String>) = ([], [])
        for flow in try Self.flows.get() {
            keys.formUnion(flow.secrets.keys)
            pins.formUnion(flow.secrets.pins)
        }
        for key in keys {
            let search = SecretSearch(try form.write(try Self.planted([key]), dictionary))
            #expect(search.finds(key: key), "\(form.rawValue)")
        }
        for pin in pins {
            for block in Secrets.blocks(of: pin, bareBCD: true) {
                let search = SecretSearch(try form.write(try Self.planted([block]), dictionary))
                #expect(search.finds(pin: pin, bareBCD: true), "\(form.rawValue) \(block.count)")
            }
            let none = SecretSearch(try form.write(try Self.planted([[1, 2, 3, 4]]), dictionary))
            #expect(!none.finds(pin: pin, bareBCD: true), "\(form.rawValue)")
        }
    }

    /// A card that gets each of `contents` by a command of its own class. In a file they may look like card numbers.
    private static func planted(_ contents: [[UInt8]]) throws -> Flow {
        let flow = Flow("planted")
        let channel = try flow.channel(FileCard(), "any card")
        for content in contents {
            let update = try CommandAPDU(cla: 0xB0, ins: 0x10, p1: 0x00, p2: 0x00, data: content)
            _ = try channel.transmit(update)
            flow.said.append("wrote \(SecretSearch.hexadecimal(content))")
        }
        return flow
    }
}

/// Takes what is written.
private final class FileCard: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { [0x90, 0x00] }
}
