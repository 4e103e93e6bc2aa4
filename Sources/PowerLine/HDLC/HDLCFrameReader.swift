/// Finds frames in the bytes from a line, whatever is between them.
///
/// Anything from a flag on may be a frame. Its header is checked as soon as it is there, so that a false one is found out
/// after at most ten bytes, and costs the frames behind it nothing: after a failure the search goes on from the byte behind the
/// flag that had been taken. What it keeps is less than the longest frame and one call's bytes; the work per byte is bounded.
public struct HDLCFrameReader: Sendable {
    /// The longest frame that it waits for: a false header with a good check hides no more bytes of good frames than this.
    private let maxLength: Int
    /// From the flag of what may be a frame on.
    private var buffer: [UInt8] = []
    /// How many bytes the next decision needs.
    private var needed = 1
    /// Whether the first flag of `buffer` has ended a frame.
    private var isShared = false
    /// The number of bytes that belonged to no frame.
    public private(set) var droppedBytes = 0
    /// The number of flags behind which something like a frame began and was not one.
    public private(set) var failedFrames = 0

    /// - Parameter maxInformationLength: a frame with a longer information field is not waited for, and is dropped.
    public init(maxInformationLength: Int = HDLCFrame.maxInformationLength) {
        maxLength = HDLCHeader.maxCount + 2 + maxInformationLength + 2
    }

    /// Whether bytes of what may be a frame are there, behind its flag.
    public var isInFrame: Bool { buffer.count > 1 }
    /// Whether there is a flag that may begin a frame.
    public var hasBegun: Bool { !buffer.isEmpty }

    /// Feeds bytes, and returns the frames that they complete.
    public mutating func feed(_ bytes: [UInt8]) -> [HDLCFrame] {
        var frames: [HDLCFrame] = []
        feed(bytes[...]) { frames.append($0) }
        return frames
    }

    mutating func feed(_ bytes: ArraySlice<UInt8>, _ take: (HDLCFrame) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            // By pieces, so that a long call does not make the buffer grow.
            let piece = rest.prefix(Self.pieceCount)
            rest = rest.dropFirst(Self.pieceCount)
            buffer += piece
            if buffer.count >= needed { search(take) }
        }
    }

    private static let pieceCount = 4096

    /// A silence fell: what began is not a frame, and frames that it hid are returned.
    public mutating func breakOff() -> [HDLCFrame] {
        var frames: [HDLCFrame] = []
        while !buffer.isEmpty {
            if buffer.count > 1 {
                failedFrames += 1
                if !isShared { droppedBytes += 1 }
            }
            isShared = false
            buffer.removeFirst()
            needed = 1
            search { frames.append($0) }
        }
        return frames
    }

    private enum Verdict {
        case incomplete(needed: Int)
        case failed
        /// Another flag behind the flag.
        case flags
        case frame(HDLCHeader)
    }

    /// What a search found.
    private struct Found {
        /// Where what is kept begins.
        var place = 0
        var dropped = 0
        var failed = 0
        var needed = 1
        var isShared: Bool
    }

    /// Goes through the buffer as far as it can be decided, and keeps the rest.
    private mutating func search(_ take: (HDLCFrame) -> Void) {
        let found = Self.search(buffer.span, isShared: isShared, maxLength: maxLength, take)
        droppedBytes += found.dropped
        failedFrames += found.failed
        needed = found.needed
        isShared = found.isShared
        if found.place > 0 { buffer.removeFirst(found.place) }
    }

    private static func search(
        _ bytes: Span<UInt8>, isShared: Bool, maxLength: Int, _ take: (HDLCFrame) -> Void
    ) -> Found {
        var found = Found(isShared: isShared)
        let count = bytes.count
        while true {
            let begin = found.place
            while found.place < count, bytes[found.place] != HDLCHeader.flag { found.place += 1 }
            found.dropped += found.place - begin
            guard found.place < count else { return found }
            switch judge(bytes, found.place, maxLength) {
            case .incomplete(let needed):
                found.needed = needed
                return found
            case .frame(let header):
                take(HDLCFrame(bytes, at: found.place + 1, header))
                found.place += 1 + header.length
                found.isShared = true
                continue
            case .failed:
                found.failed += 1
                if !found.isShared { found.dropped += 1 }
            case .flags: break
            }
            found.isShared = false
            found.place += 1
        }
    }

    /// What can be said of the bytes from a flag on.
    private static func judge(_ bytes: Span<UInt8>, _ flag: Int, _ maxLength: Int) -> Verdict {
        let (start, available) = (flag + 1, bytes.count - flag - 1)
        guard available >= 1 else { return .incomplete(needed: 2) }
        guard bytes[start] & 0xF0 == HDLCHeader.type else { return bytes[start] == HDLCHeader.flag ? .flags : .failed }
        guard available >= 2 else { return .incomplete(needed: 3) }
        let length = Int(bytes[start] & 0x07) << 8 | Int(bytes[start + 1])
        guard HDLCHeader.minLength...maxLength ~= length else { return .failed }
        guard available >= HDLCHeader.minLength else { return .incomplete(needed: 1 + HDLCHeader.minLength) }
        guard let header = HDLCHeader(bytes, at: start) else { return .failed }
        if header.hasInformation {
            guard available >= header.count + 2 else { return .incomplete(needed: 1 + header.count + 2) }
            guard header.isSound(bytes, at: start) else { return .failed }
        }
        guard available > length else { return .incomplete(needed: length + 2) }
        guard bytes[start + length] == HDLCHeader.flag,
            FrameCheck.holds(bytes, start..<start + length)
        else { return .failed }
        return .frame(header)
    }
}
