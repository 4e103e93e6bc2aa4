import CardScript
import CardTrace
import Foundation
import ISO7816
import TestSupport
import Testing

@Suite struct ScriptFilesTests {
    @Test func `every script is read and its commands have names`() throws {
        let folder = APDUTranscript.folder.appending(path: "scripts")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".apdu") }
        #expect(names.count >= 5)
        let dictionary = try APDUDictionary()
        for name in names {
            let script = try Script(String(contentsOf: folder.appending(path: name), encoding: .utf8))
            var decoder = TraceDecoder(dictionary)
            for step in script.steps {
                guard case .send(let template, let expected) = step.action, let command = template.constant else {
                    continue
                }
                // A command that the card supports has a name; those that it must refuse need none.
                if ["6D00", "6E00"].contains(expected?.description) { continue }
                // A refused SELECT leaves the application selected.
                let answer = ResponseAPDU(status: expected?.description == "6A82" ? .notFound : .success)
                let event = TraceEvent(
                    time: 0, reader: "R", command: command.bytes, outcome: .success(answer),
                    duration: .zero)
                #expect(decoder.decode(event).name != nil, "\(name), line \(step.line)")
            }
        }
    }

    /// A script's expectation for a card of the vectors equals the answer in the vector.
    @Test(arguments: [("read-blank-card", "select", 3), ("read-issued-card", "bind-debit", 2)])
    func `expectations are those of the vectors`(name: String, vector: String, least: Int) throws {
        let file = APDUTranscript.folder.appending(path: "scripts/\(name).apdu")
        let script = try Script(String(contentsOf: file, encoding: .utf8))
        let steps = try #require(try APDUTranscript.all().first { $0.name == vector }?.steps)
        var compared = 0
        for step in script.steps {
            guard case .send(let template, let expected?) = step.action, let command = template.constant,
                let known = steps.first(where: { hex($0.command) == command.bytes })
            else { continue }
            let answer = try ResponseAPDU(hex(known.response))
            #expect(expected.matches(answer), "\(name), line \(step.line)")
            compared += 1
        }
        #expect(compared >= least)
    }
}
