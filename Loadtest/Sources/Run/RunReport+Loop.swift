import Foundation
import Glibc
import Scenarios
import Tickets
import Wire

extension RunReport {
    /// Takes what the loop has seen.
    mutating func take(_ loop: borrowing LoadLoop, _ scenario: Scenario) {
        let (book, sampler) = (loop.book, loop.sampler)
        seconds = sampler.samples.last?.atSeconds ?? 0
        offered = book.counts.offered
        submitted = book.counts.accepted
        refused = book.counts.refused
        submitMs = Percentiles(book.submit.whole)
        grantMs = Percentiles(book.grant.whole)
        solveMs = Percentiles(book.solve.whole)
        viewLagMs = Percentiles(book.viewLag.whole)
        viewCatchUpMs = sampler.viewCatchUpMs
        expired = Int(clamping: sampler.figures?.totals.expired ?? 0)
        falseLosses = loop.hall.falseLosses
        phases = sampler.phases
        restarts = sampler.restarts
        injections = sampler.injections
        samples = sampler.samples
        refusals = book.refusals.values.sorted { $0.word < $1.word }
        nodes = loop.hall.nodes.map(\.report)
        fleets = scenario.fleets.map { plan in
            var report = FleetReport(name: plan.name, line: plan.line.text)
            for node in nodes where node.fleet == plan.name { report.add(node) }
            return report
        }
    }
}

extension RunReport.Machine {
    /// The one that this runs on.
    static var this: Self {
        var names = utsname()
        uname(&names)
        let kernel = withUnsafeBytes(of: names.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return Self(
            cores: ProcessInfo.processInfo.activeProcessorCount, processor: processor, kernel: kernel,
            memoryGiB: (Double(ProcessInfo.processInfo.physicalMemory) / 107_374_182.4).rounded() / 10)
    }

    private static var processor: String {
        guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return "" }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("model name")
        }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? ""
    }
}
