/// How many sessions may be begun with an element that never show a good S3.
///
/// Each INITIALIZE uses up one of an element's 2³² NT for good (protocol §3). An EXECUTE that the element answers well gives it
/// back; else one is given back after each interval: every ten seconds, an element endures it for a thousand years.
package struct SessionLimit: Sendable {
    private let capacity: Int
    private let interval: Duration
    private var begun = 0
    private var since = Duration.zero

    /// - Parameters:
    ///   - capacity: how many may be begun in a row.
    ///   - interval: after each of which one more may be.
    package init(capacity: Int = 64, interval: Duration = .seconds(10)) {
        self.capacity = capacity
        self.interval = interval
    }

    /// Takes a command that is to be sent; false if it may not be.
    package mutating func admits(_ command: [UInt8], at now: Duration) -> Bool {
        guard command.count >= 2, command[0] == 0x80, command[1] == 0x50 else { return true }
        while begun > 0, now - since >= interval {
            begun -= 1
            since += interval
        }
        if begun == 0 { since = now }
        guard begun < capacity else { return false }
        begun += 1
        return true
    }

    /// Takes the answer to a command.
    package mutating func record(_ command: [UInt8], _ response: [UInt8]) {
        if Self.isProof(command, response) { begun = max(0, begun - 1) }
    }

    /// Whether a response shows that whoever sent the command has keys: a good answer to EXECUTE.
    package static func isProof(_ command: [UInt8], _ response: [UInt8]) -> Bool {
        command.count >= 2 && command[0] == 0x80 && command[1] == 0x52 && response.suffix(2) == [0x90, 0x00]
    }
}
