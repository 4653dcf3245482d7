import Foundation
import Rig
import Testing

/// A week of the shop in virtual time, as an admin plays it: with the example's files, and with wrong ones.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RehearseCommandTests: ProgramTests {
    private static let desks = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Cluster/desks").path

    @Test func `a week of the shop: every promise is accounted for, no note leaves the desk`() throws {
        try withFolder { folder in
            let desk = "\(folder)/desk"
            let done = try run(["rehearse", "\(Self.desks)/shop-week.yaml", "--into", desk, "--json"])
            #expect(done.exitCode == 0, "\(done.errors)")
            let report = try done.json()
            #expect(report["findingCount"] as? Int == 0)
            // 520 on Monday, 440 on four days, 240 on two.
            #expect(report["requests"] as? Int == 2_760)
            #expect((report["letters"] as? Int ?? 0) > 2_760)
            #expect((report["notes"] as? Int ?? 0) > 2_000)
            let promises = try #require(report["promises"] as? [String: Int])
            #expect(["kept", "warned", "broken"].allSatisfy { (promises[$0] ?? 0) > 0 }, "\(promises)")
            // The log that it wrote is one that `verify` judges by its own fold, promises and order among the rest.
            let verified = try run(["verify", "--data", desk, "--json"])
            #expect(verified.exitCode == 0, "\(verified.output)")
            let again = try run(["rehearse", "\(Self.desks)/shop-week.yaml", "--into", desk])
            #expect(again.exitCode == 64 && again.errors.contains("choose a new folder"), "\(again.errors)")
        }
    }

    @Test(arguments: [
        (["--days", "0"], Int32(64), "from 1 to 366"), (["--by", "moon"], 64, "there is no grouping `moon`"),
    ])
    func `wrong arguments`(_ arguments: [String], _ code: Int32, _ words: String) throws {
        let done = try run(["rehearse", "\(Self.desks)/shop-week.yaml"] + arguments)
        #expect(done.exitCode == code && done.errors.contains(words), "\(done.errors)")
    }

    @Test(arguments: [
        ("line: line-two", "line: line-to", "did you mean `line-two`?"),
        ("people: 2", "people: few", "`crews.2.people`: this must be a whole number"),
        ("desk: shop.yaml", "desk: ship.yaml", "ship.yaml"),
        ("asked: 20%", "asked: often", "is no share: write it as 12%"),
        ("hours: [6, 4,", "hours: [6,", "24 whole numbers"),
        ("hours: [6, 4,", "hours: [six, 4,", "24 whole numbers"),
        ("tuesday-friday: 440", "tuesday-friday: -1", "`requests.tuesday-friday`: -1 is not from 0"),
        (
            "requests: { monday: 520, tuesday-friday: 440, saturday-sunday: 240 }", "requests: { monday: 0 }",
            "nobody would write"
        ),
        ("name: late", "name: early", "there is a crew `early` already"),
        ("../sample/requests-ru.jsonl", "/nowhere/requests-ru.jsonl", "requests-ru.jsonl cannot"),
        ("first-day: 2026-11-23", "first-day: monday", "`monday` is no day"),
        ("reminding: 6%", "remindin: 6%", "did you mean `reminding`?"),
    ])
    func `a wrong plan is told with its place`(_ right: String, _ wrong: String, _ words: String) throws {
        try withFolder { folder in
            let desks = "\(folder)/desks"
            try FileManager.default.createDirectory(atPath: desks, withIntermediateDirectories: true)
            for name in ["shop.yaml", "shop-week.yaml"] {
                let text = try String(contentsOfFile: "\(Self.desks)/\(name)", encoding: .utf8)
                let changed = name == "shop.yaml" ? text : text.replacingOccurrences(of: right, with: wrong)
                #expect(name == "shop.yaml" || changed != text)
                _ = try write(changed, to: "\(desks)/\(name)")
            }
            try FileManager.default.copyItem(
                atPath: "\(Self.desks)/../sample", toPath: "\(folder)/sample")
            let done = try run(["rehearse", "\(desks)/shop-week.yaml"])
            #expect([64, 66].contains(done.exitCode), "\(done.exitCode)")
            #expect(done.errors.contains(words), "\(done.errors)")
        }
    }
}
