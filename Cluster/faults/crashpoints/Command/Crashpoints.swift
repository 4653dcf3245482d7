import ArgumentParser
import Foundation
import PowerCuts

/// Cuts the power at every moment of a store's work, and makes its disk fail, without a disk.
@main
struct Crashpoints: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashpoints",
        abstract: "Cuts the power after every write and sync of a desk's store, and lets each of them fail.",
        discussion: """
            The real store, with SQLite's own code, works on a disk in memory. After each operation of that disk the \
            power is cut many times over: what was not synced is there, or lost, or torn, in any combination. From \
            each image the store must recover: every acknowledged turn, of those that were being stored all or \
            nothing, whole files, a view that equals the fold, and another turn that can be stored. Exit code 1 \
            when one does not, with the arguments that show it again.
            """)

    @Option(help: "Workloads to carry out.") var workloads = 20
    @Option(help: "The first workload's seed; each seed makes the same choices again.") var from: UInt64 = 1
    @Option(help: "Go on with further seeds for so many minutes.") var minutes: Double = 0
    @Option(help: "Of the images of one moment, those with any part of what was not synced.") var subsets = 4
    @Option(help: "Those with a torn write.") var tears = 3
    @Option(help: "Those with a beginning of what was not synced.") var prefixes = 6
    @Option(help: "Of one image in so many the view and every page are looked at, too.") var wholeOneIn = 1
    @Option(help: "Lets one operation in so many fail; 0 for none.") var errorStride = 1
    @Option(help: "Only this operation.") var moment: Int?
    @Flag(help: "Only power cuts.") var onlyCuts = false
    @Flag(help: "Only failing operations.") var onlyErrors = false
    @Flag(help: "Builds in one flaw after the other; each must be found.") var planted = false
    @Option(help: "Requests that tickets are made from, one JSON object a line.")
    var requests = Requests.samplePath
    @Flag(help: "One JSON object on standard output.") var json = false

    func validate() throws {
        guard workloads > 0, subsets >= 0, tears >= 0, prefixes >= 0, wholeOneIn > 0, errorStride >= 0 else {
            throw ValidationError(
                "--workloads and --whole-one-in are at least 1, all other counts are at least 0.")
        }
    }

    func run() throws {
        let requests = try Requests(path: requests)
        if planted { return try findFlaws(requests) }
        let clock = ContinuousClock()
        let start = clock.now
        let end = start.advanced(by: .seconds(minutes * 60))
        var explorer = Explorer(plan)
        explorer.onlyMoment = moment
        explorer.progress = { say("\($0.images) images, \($0.violations.count) violations") }
        var seed = from
        while seed < from + UInt64(workloads) || clock.now < end {
            // In case that what recovers ends the process.
            say("workload \(seed)")
            if !onlyErrors { explorer.cut(Workload(seed: seed, requests: requests)) }
            if !onlyCuts, errorStride > 0 {
                explorer.fail(Workload(seed: seed, requests: requests, isShort: true), stride: errorStride)
            }
            seed += 1
        }
        let seconds = (clock.now - start) / .seconds(1)
        let verdict = Verdict(toll: explorer.toll, seeds: from..<seed, seconds: seconds)
        print(json ? try verdict.json : verdict.text)
        for violation in explorer.toll.violations { say("\(violation)") }
        if !explorer.toll.violations.isEmpty { throw ExitCode(1) }
    }

    private var plan: CutPlan {
        var plan = CutPlan()
        plan.subsets = subsets
        plan.tears = tears
        plan.prefixes = prefixes
        plan.wholeOneIn = wholeOneIn
        return plan
    }

    private func findFlaws(_ requests: Requests) throws {
        var missed: [PlantedFlaw] = []
        for flaw in PlantedFlaw.allCases {
            var explorer = Explorer(plan, flaw: flaw)
            var seed = from
            while explorer.toll.violations.isEmpty, seed < from + UInt64(workloads) {
                if flaw == .errorsIgnored {
                    explorer.fail(Workload(seed: seed, requests: requests, isShort: true))
                } else {
                    explorer.cut(Workload(seed: seed, requests: requests))
                }
                seed += 1
            }
            if let violation = explorer.toll.violations.first {
                print("\(flaw.rawValue): found after \(explorer.toll.images) images: \(violation)")
            } else {
                print("\(flaw.rawValue): NOT FOUND in \(explorer.toll.images) images")
                missed.append(flaw)
            }
        }
        if !missed.isEmpty { throw ExitCode(1) }
    }
}

/// Tells the person at the terminal; standard output is for the verdict.
func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
