/// The reader's side of protocol and parameters selection: one request, one response (ISO/IEC 7816-3, 9).
struct PPSNegotiation: TransmissionEngine, Sendable {
    private let request: PPSMessage
    private let character = CharacterTiming.initial.character
    private var outgoing: [UInt8]
    private var response: [UInt8] = []
    private(set) var deadline: Int?
    /// The response, or why it failed.
    private(set) var result: Result<PPSMessage, TransmissionError>?

    init(_ request: PPSMessage) {
        self.request = request
        outgoing = request.bytes
    }

    var hasOutgoing: Bool { !outgoing.isEmpty }

    mutating func dequeueOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func sent(edge: Int) { wait(edge) }

    mutating func received(_ byte: UInt8?, edge: Int) {
        guard result == nil else { return }
        guard let byte else { return fail("parity") }
        response.append(byte)
        let count = PPSMessage.count(response)
        guard response[0] == PPSMessage.initialByte, response.count <= count ?? 2 else { return fail("PPSS or length") }
        if response.count == count {
            deadline = edge + ElementaryTimeUnit.initial.periods(23)
        } else {
            wait(edge)
        }
    }

    mutating func timeReached(_ now: Int) {
        guard result == nil else { return }
        guard let message = PPSMessage(response) else { return fail("no whole response") }
        guard request.permits(message) else { return fail("what was not asked for") }
        deadline = nil
        result = .success(message)
    }

    private mutating func wait(_ edge: Int) { deadline = edge + ATRReceiver.waitingTime + character }

    private mutating func fail(_ detail: String) {
        deadline = nil
        result = .failure(TransmissionError(.protocolViolation, subject: "PPS", detail: detail))
    }
}
