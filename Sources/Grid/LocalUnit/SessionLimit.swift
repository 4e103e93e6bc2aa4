/// How many sessions may be begun with an element that never show a good S3.
///
/// Each INITIALIZE uses up one of an element's 2³² NT for good (protocol §3). An EXECUTE that the element answers well gives it
/// back; else one is given back every ten seconds, which an element endures for a thousand years.
struct SessionLimit: Sendable {
    private static let capacity = 64
    private static let interval = Duration.seconds(10)

    private var begun = 0
    private var since = Duration.zero

    /// Takes a command that is to be sent; false if it may not be.
    mutating func admits(_ command: [UInt8], at now: Duration) -> Bool {
        guard command.count >= 2, command[0] == 0x80, command[1] == 0x50 else { return true }
        while begun > 0, now - since >= Self.interval {
            begun -= 1
            since += Self.interval
        }
        if begun == 0 { since = now }
        guard begun < Self.capacity else { return false }
        begun += 1
        return true
    }

    /// Takes the answer to a command.
    mutating func record(_ command: [UInt8], _ response: [UInt8]) {
        guard command.count >= 2, command[0] == 0x80, command[1] == 0x52, response.suffix(2) == [0x90, 0x00] else {
            return
        }
        begun = max(0, begun - 1)
    }
}
