import Foundation
import PowerCuts

/// What is told in the end.
struct Verdict {
    let toll: Toll
    let seeds: Range<UInt64>
    let seconds: Double

    private struct Report: Encodable {
        var seeds: [UInt64]
        var seconds: Double
        var imagesPerSecond: Double
        var workloads: Int
        var operations: Int
        var images: Int
        var whole: Int
        var thorough: Int
        var cutAgain: Int
        var unacknowledgedKept: Int
        var unacknowledgedGone: Int
        var viewsRebuilt: Int
        var tornWrites: Int
        var errors: Int
        var errorsFatal: Int
        var errorsHarmless: Int
        var violations: [String]
    }

    private var report: Report {
        Report(
            seeds: [seeds.lowerBound, seeds.upperBound - 1], seconds: seconds.rounded(),
            imagesPerSecond: (Double(toll.images) / max(seconds, 0.001)).rounded(), workloads: seeds.count,
            operations: toll.operations, images: toll.images, whole: toll.whole, thorough: toll.thorough,
            cutAgain: toll.cutAgain,
            unacknowledgedKept: toll.unacknowledgedKept, unacknowledgedGone: toll.unacknowledgedGone,
            viewsRebuilt: toll.viewsRebuilt, tornWrites: toll.tornWrites, errors: toll.errors,
            errorsFatal: toll.errorsFatal, errorsHarmless: toll.errorsHarmless,
            violations: toll.violations.map(\.description))
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(report), as: UTF8.self)
        }
    }

    var text: String {
        let rate = Int(report.imagesPerSecond)
        return """
            \(toll.images) images in \(Int(seconds)) s (\(rate)/s) from \(toll.operations) operations of \
            \(seeds.count) workloads, seeds \(seeds.lowerBound)...\(seeds.upperBound - 1)
            \(toll.whole) with view and every page, \(toll.thorough) compared event by event, \(toll.cutAgain) cut again while they recovered, \
            \(toll.tornWrites) torn writes, \(toll.viewsRebuilt) views rebuilt
            turns that nobody had acknowledged: kept in \(toll.unacknowledgedKept) images, gone in \
            \(toll.unacknowledgedGone)
            \(toll.errors) errors: \(toll.errorsFatal) ended the process, \(toll.errorsHarmless) did no harm
            \(toll.violations.isEmpty ? "no violations" : "\(toll.violations.count) VIOLATIONS")
            """
    }
}
