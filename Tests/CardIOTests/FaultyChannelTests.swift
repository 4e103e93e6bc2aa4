import CardIOTesting
import ISO7816
import Testing

@Suite struct FaultyChannelTests {
    let count: CommandAPDU
    let card = ReferenceCard()

    init() throws { count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]) }

    @Test(arguments: FaultyChannel.everyFault(exchanges: 3))
    func `one message is lost`(fault: FaultyChannel.Fault) throws {
        let channel = FaultyChannel(try InProcessChannel(card), fault: fault)
        var answers = 0
        for _ in 0..<3 {
            do throws(CardError) {
                _ = try channel.transmit(count)
                answers += 1
            } catch {
                #expect(error.code == .communication)
            }
        }
        #expect(channel.exchanges == 3)
        #expect(channel.hasDropped)
        #expect(answers == 2)
        if case .dropAnswer = fault { #expect(card.commands == 3) } else { #expect(card.commands == 2) }
    }

    @Test(arguments: FaultyChannel.Message.allCases)
    func `who asked is told of the loss, before the command or after the answer`(
        _ message: FaultyChannel.Message
    ) throws {
        let channel = FaultyChannel(try InProcessChannel(card), fault: .loses(message, of: 1))
        var (told, commands): ([FaultyChannel.Fault], [Int]) = ([], [])
        channel.onFault = {
            told.append($0)
            commands.append(card.commands)
        }
        _ = try channel.transmit(count)
        #expect(told.isEmpty)
        #expect(throws: CardError.self) { try channel.transmit(count) }
        #expect(told == [.loses(message, of: 1)])
        #expect(commands == [message == .answer ? 2 : 1])
    }

    @Test func `a link that stays down comes back when restored`() throws {
        let channel = FaultyChannel(try InProcessChannel(card), fault: .dropAnswer(0), staysDown: true)
        for _ in 0..<2 { #expect(throws: CardError(.communication, subject: "")) { try channel.transmit(count) } }
        #expect(card.commands == 1)
        channel.restore()
        #expect(try Array(channel.transmit(count).data) == [0, 0, 0, 2])
    }

    @Test(arguments: FaultyChannel.Message.allCases)
    func `channels that share a plan are counted together`(_ message: FaultyChannel.Message) throws {
        let plan = FaultPlan(.loses(message, of: 1))
        let inner = try InProcessChannel(card)
        let (first, second) = (
            FaultyChannel(inner, plan: plan), FaultyChannel(inner, plan: plan, code: .cardRemoved)
        )
        _ = try first.transmit(count)
        #expect(throws: CardError(.cardRemoved, subject: "")) { try second.transmit(count) }
        _ = try first.transmit(count)
        #expect(plan.exchanges == 3 && plan.hasDropped)
        #expect(first.delivered == 2 && second.delivered == (message == .answer ? 1 : 0))
    }
}
