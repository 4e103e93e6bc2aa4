import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("vstore meter test") struct MeterTestTests {
    /// The verdicts of the points that have one, and the exit status.
    private func test(_ options: String) throws -> (verdicts: [String], status: Int32, document: [String: Any]) {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run("meter test --seconds 1 --json \(options)")
            let document = try outcome.object()
            let channels = document["channels"] as? [[String: Any]] ?? []
            let points = channels.flatMap { $0["points"] as? [[String: Any]] ?? [] }
            return (points.compactMap { $0["verdict"] as? String }, outcome.status, document)
        }
    }

    @Test(arguments: [16, 20]) func `every voltage keeps its class`(bits: Int) throws {
        let result = try test("--bits \(bits)")
        #expect(result.status == 0 && result.document["failures"] as? Int == 0)
        #expect(result.verdicts == Array(repeating: "pass", count: 66))
        let volts = (result.document["channels"] as? [[String: Any]])?.compactMap { $0["volts"] as? Double }
        #expect(volts == [110, 220, 240])
        #expect(
            result.document["class"] as? String == "0.2 S" && result.document["standard"] as? String == "IEC 62053-22")
        let unjudged = (result.document["channels"] as? [[String: Any]])?.compactMap { $0["unjudged"] as? Int }
        #expect(unjudged == [2, 2, 2])
        #expect((result.document["notTested"] as? [String])?.contains("starting-current") == true)
    }

    @Test func `without calibration points fail and so does the program`() throws {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run("meter test --seconds 1 --uncalibrated --channel 220:50")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("out of class 0.2 S"))
            #expect(outcome.output.contains("points within class 0.2 S of IEC 62053-22"))
            #expect(outcome.output.contains("left out: 2 points without a limit in the class are not judged"))
            #expect(outcome.output.contains("not tested: starting current, no load"))
            let rows = outcome.output.split(separator: "\n")
            let nominal = try #require(rows.first { $0.contains("  100 %  0.5 lagging") })
            #expect(nominal.hasSuffix("FAIL"))
            #expect(rows.contains { $0.hasSuffix("pass") }, "the parts' errors cancel where the current leads")
            #expect(!rows.contains { $0.hasSuffix("FAIL") && $0.contains("none") })
        }
    }

    @Test func `the same seed gives the same errors`() throws {
        try VStoreProgram.withHome { vstore in
            let line = "meter test --seconds 1 --channel 110:20:60 --json --seed"
            let first = try vstore.run("\(line) 5").output
            #expect(try vstore.run("\(line) 5").output == first)
            #expect(try vstore.run("\(line) 6").output != first)
        }
    }

    @Test func `curves are well formed and within the picture`() throws {
        try VStoreProgram.withHome { vstore in
            let file = vstore.home.appending(path: "curves.svg")
            let outcome = try vstore.run("meter test --seconds 1 --uncalibrated --svg \(file.path)")
            #expect(outcome.status == 1, "the picture is written all the same")
            let picture = try Picture(try Data(contentsOf: file))
            // Per channel one curve per power factor, and two limits on either side; each is in the legend too.
            let lines = picture.elements.filter { $0.name == "polyline" }
            #expect(lines.count { $0.attributes["stroke-width"] != "1.2" } == 9 * 2)
            #expect(lines.count { $0.attributes["stroke-width"] == "1.2" } == 3 * (4 + 2))
            // A chart's curves differ without colour.
            let looks = lines.map {
                "\($0.attributes["stroke-width"] ?? "") \($0.attributes["stroke-dasharray"] ?? "")"
            }
            #expect(Set(looks.filter { !$0.hasPrefix("1.2 ") }).count == 3)
            for text in [
                "Error of active energy, class 0.2 S of IEC 62053-22", "limits: class 0.2 S of IEC 62053-22",
                "Error of active energy, simulated meter of 110 V, 50 A, 60 Hz", "current in % of the nominal 50 A",
                "error in %", "limit +0.2 %", "limit -0.3 %",
            ] {
                #expect(picture.texts.contains(text), "\(text)")
            }
            let points = picture.elements.compactMap { $0.attributes["points"] }.flatMap {
                $0.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
            }
            #expect(points.count > 150)
            #expect(picture.elements.contains { $0.name == "desc" })
            for point in points { #expect(point.count == 2 && 0...760 ~= point[0] && 0...picture.height ~= point[1]) }
        }
    }

    @Test func `what cannot be tested is reported apart`() throws {
        try VStoreProgram.withHome { vstore in
            for options in ["--bits 18", "--seconds 0", "--seconds 601", "--channel 5:50", "--channel 220"] {
                #expect(try vstore.run("meter test \(options)").status == 64, "\(options)")
            }
            let unwritten = try vstore.run("meter test --seconds 1 --channel 220:50 --svg /nowhere/at/all.svg")
            #expect(unwritten.status == 74)
        }
    }
}

/// The elements of an SVG file.
final class Picture: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    /// What is written in it, tooltips too.
    private(set) var texts: [String] = []
    private var text = ""

    init(_ data: Data) throws {
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        guard parser.parse() else { throw CocoaError(.fileReadCorruptFile) }
        #expect(elements.first?.name == "svg")
    }

    /// Of the view box.
    var height: Double {
        elements.first?.attributes["viewBox"]?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        elements.append((name, attributes))
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "text" || name == "title" { texts.append(text) }
        text = ""
    }
}
