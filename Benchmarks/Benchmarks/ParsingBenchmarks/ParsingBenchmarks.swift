import Benchmark
import ISO7816
import ParsingSubjects

/// Objects allocated by reading and writing APDUs and data objects. `Thresholds/` holds the limits: none, and one
/// for the owning form, which shows that the counter works.
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

    // The input; the output buffer is allocated before the measurement begins.
    let (name, keys) = ([UInt8](selectAnswer[4..<11]), [UInt8](selectAnswer.suffix(10)))
    let (data, answer) = ([UInt8](command[5..<29]), [UInt8](response.dropLast(2)))

    Benchmark("tlv.build") { benchmark in
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        benchmark.startMeasurement()
        try bytes.append(addingCapacity: 64) { (room) throws(TLVError) in
            try Subjects.buildSelectAnswer(into: &room, name: name.span, keys: keys.span)
        }
        benchmark.stopMeasurement()
        precondition(bytes == selectAnswer)
    }

    Benchmark("command.build") { benchmark in
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        benchmark.startMeasurement()
        try bytes.append(addingCapacity: 64) { (room) throws(APDUError) in
            try Subjects.buildCommand(into: &room, data: data.span)
        }
        benchmark.stopMeasurement()
        precondition(bytes == command)
    }

    Benchmark("response.build") { benchmark in
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        benchmark.startMeasurement()
        try bytes.append(addingCapacity: 64) { (room) throws(APDUError) in
            try room.appendResponse(data: answer.span, status: .success)
        }
        benchmark.stopMeasurement()
        precondition(bytes == response)
    }

    Benchmark("owned.command.build") { benchmark in
        benchmark.startMeasurement()
        let built = try CommandAPDU(cla: 0x80, ins: 0x50, p1: 1, p2: 1, data: data, expectedLength: 256)
        benchmark.stopMeasurement()
        precondition(built.bytes == command)
    }
}
