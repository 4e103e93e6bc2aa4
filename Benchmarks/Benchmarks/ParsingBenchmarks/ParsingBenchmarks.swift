import Benchmark
import ISO7816
import ParsingSubjects

/// Objects allocated by reading and writing APDUs and data objects. `Thresholds/` holds what is allowed: none, and one
/// for each of the owning forms, which shows that the counter counts.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.objectAllocCount], warmupIterations: 3, scalingFactor: .one, maxDuration: .seconds(1),
        maxIterations: 100)

    let (selectAnswer, record) = (Samples.selectAnswer, Samples.record)
    let (command, response) = (Samples.command, Samples.response)
    Benchmark("tlv.walk.select-answer") { _ in blackHole(try Subjects.walk(selectAnswer.span)) }
    Benchmark("tlv.walk.record") { _ in blackHole(try Subjects.walk(record.span)) }
    Benchmark("command.view") { _ in blackHole(try Subjects.readCommand(command.span)) }
    Benchmark("response.view") { _ in blackHole(try Subjects.readResponse(response.span)) }

    Benchmark("tlv.build") { benchmark, rooms in
        benchmark.startMeasurement()
        rooms.bytes.removeAll(keepingCapacity: true)
        try rooms.bytes.append(addingCapacity: 64) { (room) throws(TLVError) in
            try Subjects.buildSelectAnswer(into: &room, name: rooms.name.span, keys: rooms.keys.span)
        }
        benchmark.stopMeasurement()
        precondition(rooms.bytes == Samples.selectAnswer)
    } setup: {
        Rooms()
    }

    Benchmark("command.build") { benchmark, rooms in
        benchmark.startMeasurement()
        rooms.bytes.removeAll(keepingCapacity: true)
        try rooms.bytes.append(addingCapacity: 64) { (room) throws(APDUError) in
            try Subjects.buildCommand(into: &room, data: rooms.data.span)
        }
        benchmark.stopMeasurement()
        precondition(rooms.bytes == Samples.command)
    } setup: {
        Rooms()
    }

    Benchmark("response.build") { benchmark, rooms in
        benchmark.startMeasurement()
        rooms.bytes.removeAll(keepingCapacity: true)
        try rooms.bytes.append(addingCapacity: 64) { (room) throws(APDUError) in
            try room.appendResponse(data: rooms.answer.span, status: .success)
        }
        benchmark.stopMeasurement()
        precondition(rooms.bytes == Samples.response)
    } setup: {
        Rooms()
    }

    Benchmark("owned.command.build") { benchmark, rooms in
        benchmark.startMeasurement()
        let built = try CommandAPDU(
            cla: 0x80, ins: 0x50, p1: 1, p2: 1, data: rooms.data, expectedLength: 256)
        benchmark.stopMeasurement()
        precondition(built.bytes == Samples.command)
    } setup: {
        Rooms()
    }
}

/// Bytes that go in, and room that is there before the measurement begins.
final class Rooms: @unchecked Sendable {
    var bytes: [UInt8] = []
    let name = [UInt8](Samples.selectAnswer[4..<11])
    let keys = [UInt8](Samples.selectAnswer.suffix(10))
    let data = [UInt8](Samples.command[5..<29])
    let answer = [UInt8](Samples.response.dropLast(2))

    init() { bytes.reserveCapacity(128) }
}
