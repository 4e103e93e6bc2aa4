import CardIO
import ISO7816

/// Where the story plays: two card readers, the desk's with the master-key card and the one for subscriber cards.
protocol Stage: AnyObject {
    /// What the stage is, for the first line.
    var description: String { get }
    /// Channels that carry commands to the cards unchanged.
    var masterReader: any CardChannel { get }
    var subscriberReader: any CardChannel { get }
    /// The answers to reset of both.
    var answersToReset: (master: [UInt8], subscriber: [UInt8]) { get }
    /// Removes the subscriber card and inserts it again.
    func reinsertSubscriberCard() throws
}

extension Stage {
    var masterCard: any CardChannel { GetResponseChannel(masterReader) }
    var subscriberCard: any CardChannel { GetResponseChannel(subscriberReader) }
}

/// Both cards emulated in this process.
final class InProcessStage: Stage {
    let description = "two emulated cards in this process"
    private let master: InProcessChannel
    private let subscriber: InProcessChannel

    let answersToReset: (master: [UInt8], subscriber: [UInt8])

    init(master: any IntegratedCircuitCard, subscriber: any IntegratedCircuitCard) throws {
        answersToReset = (master.answerToReset, subscriber.answerToReset)
        self.master = try InProcessChannel(master, name: "master-key card")
        self.subscriber = try InProcessChannel(subscriber, name: "subscriber card")
    }

    var masterReader: any CardChannel { master }
    var subscriberReader: any CardChannel { subscriber }
    func reinsertSubscriberCard() throws { try subscriber.reset() }
}

/// Both cards in PC/SC readers.
final class PCSCStage: Stage {
    let description: String
    private let master: BlockingChannel
    private let subscriber: BlockingChannel

    let answersToReset: (master: [UInt8], subscriber: [UInt8])

    init(master: Card, subscriber: Card, answersToReset: (master: [UInt8], subscriber: [UInt8])) {
        self.answersToReset = answersToReset
        description = "PC/SC: \(master.reader), and \(subscriber.reader)"
        self.master = BlockingChannel(master)
        self.subscriber = BlockingChannel(subscriber)
    }

    var masterReader: any CardChannel { master }
    var subscriberReader: any CardChannel { subscriber }
    func reinsertSubscriberCard() throws { try subscriber.reset() }
}
