import Testing
import ValueElement
import ValueElementTesting

@Suite struct PowerCutsArticle {
    @Test func `every cut`() throws {
        let changes = [RecordChange(RecordName(1), [2]), RecordChange(RecordName(2), [7])]

        for portion in FailureSwitch.Portion.allCases {
            let power = FailureSwitch()
            let memory = VolatileMemory([RecordName(1): [1]], failure: power)
            power.cutPower(atWrite: 1, keeping: portion)
            do throws(MemoryError) {
                try memory.commit(changes)
            } catch {
                print(error)
            }
            power.restorePower()
            let records = try memory.load()
            #expect(records == [RecordName(1): [1]] || records == [RecordName(1): [2], RecordName(2): [7]])
        }
    }

    @Test func `a memory of one's own`() throws {
        var memory = VolatileMemory()

        let conformance = MemoryConformance(
            .init(
                make: { failure in
                    memory = VolatileMemory(failure: failure)
                    return memory
                },
                reopen: { failure in
                    memory = VolatileMemory(try memory.load(), failure: failure)
                    return memory
                }))
        try conformance.check(seed: 1)
    }
}
