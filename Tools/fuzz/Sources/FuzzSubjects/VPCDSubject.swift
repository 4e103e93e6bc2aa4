import VPCD

/// Frames of the virtual reader: however the stream is split, the same requests are read, and nothing is lost.
enum VPCDSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        let size = Int(bytes.first ?? 0) % 7 + 1
        let stream = Array(bytes.dropFirst())
        var whole = VPCDFrames()
        whole.append(stream)
        var requests: [VPCDFrames.Request] = []
        while let request = whole.next() { requests.append(request) }
        var cut = VPCDFrames()
        var offset = 0
        for start in stride(from: 0, to: stream.count, by: size) {
            cut.append(stream[start..<min(start + size, stream.count)])
            while let request = cut.next() {
                try hold(offset < requests.count && requests[offset] == request, "cut elsewhere, the same comes out")
                offset += 1
            }
        }
        try hold(offset == requests.count, "cut elsewhere, nothing is lost")

        var framed: [UInt8] = []
        for request in requests { framed += frame(request) }
        try hold(stream.starts(with: framed), "the requests are the bytes of the stream")
        let left = Array(stream.dropFirst(framed.count))
        try hold(
            left.count < 2 || left.count < 2 + (Int(left[0]) << 8 | Int(left[1])), "no whole frame is left behind")
    }

    private static func frame(_ request: VPCDFrames.Request) -> [UInt8] {
        switch request {
        case .powerOff: VPCDFrames.frame([0])
        case .powerOn: VPCDFrames.frame([1])
        case .reset: VPCDFrames.frame([2])
        case .answerToReset: VPCDFrames.frame([4])
        case .command(let body): body.isEmpty ? [0, 0] : VPCDFrames.frame(body)
        }
    }
}
