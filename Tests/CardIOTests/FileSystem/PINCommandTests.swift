import CardCrypto
import CardIOTesting
import ISO7816
import Testing

@Suite struct PINCommandTests {
    let card = FileSystemWorld.card()
    let channel: InProcessChannel
    let reference = PINReference.local(1)

    init() throws {
        channel = try InProcessChannel(card)
        try channel.select(FileSystemWorld.wallet)
    }

    @Test func `a file opens to the PIN only`() throws {
        do throws(InterindustryError) {
            _ = try channel.readFile(.short(5))
            Issue.record("read without the PIN")
        } catch { #expect(error.status == .securityStatusNotSatisfied) }
        #expect(try channel.verificationState(reference) == .wrong(triesLeft: 3))
        #expect(try channel.verify(FileSystemWorld.pin("4321"), reference) == .wrong(triesLeft: 2))
        #expect(try channel.verify(FileSystemWorld.pin("1234"), reference) == .accepted)
        #expect(try channel.verificationState(reference) == .accepted)
        #expect(try channel.readFile(.short(5)) == [1, 2, 3])
        try channel.reset()
        #expect(try channel.verificationState(reference) == .wrong(triesLeft: 3))
    }

    @Test func `three wrong ones block and the code frees`() throws {
        for left in [2, 1, 0] {
            #expect(try channel.verify(FileSystemWorld.pin("9999"), reference) == .wrong(triesLeft: left))
        }
        #expect(try channel.verify(FileSystemWorld.pin("1234"), reference) == .blocked)
        #expect(try channel.verificationState(reference) == .blocked)
        let wrong = Secret(copying: [9, 9, 9, 9])
        #expect(try channel.resetRetryCounter(code: wrong, reference) == .wrong(triesLeft: nil))
        let code = Secret(copying: [1, 2, 3, 4])
        #expect(try channel.resetRetryCounter(code: code, new: FileSystemWorld.pin("5678"), reference) == .accepted)
        #expect(try channel.verify(FileSystemWorld.pin("5678"), reference) == .accepted)
    }

    @Test func `changing and switching off`() throws {
        let (old, new) = (try FileSystemWorld.pin("1234"), try FileSystemWorld.pin("5678"))
        #expect(try channel.changePIN(new, to: old, reference) == .wrong(triesLeft: 2))
        #expect(try channel.changePIN(old, to: new, reference) == .accepted)
        #expect(try channel.disableVerification(new, reference) == .accepted)
        try channel.reset()
        try channel.select(FileSystemWorld.wallet)
        #expect(try channel.readFile(.short(5)) == [1, 2, 3])
        #expect(try channel.enableVerification(new, reference) == .accepted)
        #expect(card.pins[1]?.isEnabled == true)
        #expect(throws: InterindustryError(.refused, "")) { try channel.verify(new, .local(9)) }
    }
}
