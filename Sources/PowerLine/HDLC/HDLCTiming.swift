/// How long one end of a line waits for the other.
public struct HDLCTiming: Sendable, Hashable {
    /// The time of one byte on the line; zero where bytes are not clocked out, as over TCP.
    public let byteTime: Duration
    /// Who is asked begins to answer within this time.
    public let answerLimit: Duration
    /// What a carrier adds to both: buffers of a driver, a network.
    public let allowance: Duration

    public init(byteTime: Duration, answerLimit: Duration, allowance: Duration) {
        self.byteTime = byteTime
        self.answerLimit = answerLimit
        self.allowance = allowance
    }

    /// A line of start and stop bits, ten bits a byte: an answer begins within 20 ms up to 9,600 bit/s, and 10 ms above.
    public init(bitRate: Int, allowance: Duration = .zero) {
        self.init(
            byteTime: .nanoseconds(10_000_000_000 / bitRate),
            answerLimit: .milliseconds(bitRate <= 9_600 ? 20 : 10), allowance: allowance)
    }

    /// Of one end of a carrier whose buffers, or whose other end's threads, hold bytes back for up to `allowance`.
    init(_ address: LineAddress, allowance: Duration) {
        switch address {
        case .tcp: self.init(byteTime: .zero, answerLimit: .zero, allowance: allowance)
        case .serial(_, let baud): self.init(bitRate: Int(baud), allowance: allowance)
        }
    }

    /// A silence that ends a frame: four bytes.
    var silence: Duration { byteTime * 4 + allowance }
    /// From the end of one's own frame until the first byte of the answer is there.
    var firstByte: Duration { answerLimit + byteTime * 2 + allowance }
}
