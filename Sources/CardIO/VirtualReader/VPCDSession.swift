import ISO7816
import Synchronization
import VPCD

/// A session of a card in a virtual reader's slot, from insertion to removal.
final class VPCDSession: Sendable {
    private struct State {
        var isRemovalWanted = false
        var departure: VirtualReaderCard.Departure?
        var waiting: [CheckedContinuation<VirtualReaderCard.Departure, Never>] = []
    }

    private let socket: TCPSocket
    private let subject: String
    private let state = Mutex(State())

    init(_ socket: consuming TCPSocket, subject: String) {
        self.socket = socket
        self.subject = subject
    }

    var isOver: Bool { state.withLock { $0.departure != nil } }

    /// Ends the session; `serve` returns.
    ///
    /// - Parameter answering: whether a command in progress is answered first.
    func shutDown(answering: Bool = false) {
        state.withLock { $0.isRemovalWanted = true }
        if answering { socket.shutDownReceiving() } else { socket.shutDown() }
    }

    /// Waits for the end of the session.
    func departure() async -> VirtualReaderCard.Departure {
        await withCheckedContinuation { continuation in
            let departure = state.withLock { state in
                if state.departure == nil { state.waiting.append(continuation) }
                return state.departure
            }
            if let departure { continuation.resume(returning: departure) }
        }
    }

    /// Answers the reader until one side closes the connection or the card fails.
    func serve(_ card: CardHolder) {
        var departure = VirtualReaderCard.Departure.readerClosed
        do {
            try answerRequests(card)
        } catch {
            departure = .failed(error)
        }
        // The reader treats the end of the connection as removal of the card.
        socket.shutDown()
        let waiting = state.withLock { state in
            if state.isRemovalWanted { departure = .removed }
            state.departure = departure
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: departure) }
    }

    private func answerRequests(_ card: CardHolder) throws(CardError) {
        var frames = VPCDFrames()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // The reader sends length and body separately, and the body only after the length was acknowledged.
            socket.acknowledgeAtOnce()
            do {
                let count = try socket.receive(into: &buffer)
                guard count > 0 else { return }
                socket.acknowledgeAtOnce()
                frames.append(buffer[..<count])
            } catch {
                return
            }
            while let request = frames.next() {
                guard let answer = try answer(request, of: card) else { continue }
                do { try socket.send(VPCDFrames.frame(answer)) } catch { return }
                guard !state.withLock({ $0.isRemovalWanted }) else { return }
            }
        }
    }

    private func answer(_ request: VPCDFrames.Request, of card: CardHolder) throws(CardError) -> [UInt8]? {
        switch request {
        case .powerOff:
            return nil
        case .powerOn, .reset:
            try card.withCard { (card) throws(CardError) in try card.reset() }
            return nil
        case .answerToReset:
            let answer = card.withCard { $0.answerToReset }
            guard AnswerToReset.lengths.contains(answer.count) else {
                throw CardError(.malformedAnswer, subject: subject)
            }
            return answer
        case .command(let command):
            let answer = try card.withCard { (card) throws(CardError) in try card.process(command) }
            // An answer without a status word would hang the reader; one longer than a frame cannot be sent.
            guard (2...VPCDFrames.maxBodyLength).contains(answer.count) else {
                throw CardError(.malformedAnswer, subject: subject)
            }
            return answer
        }
    }
}
