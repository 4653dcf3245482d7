import Foundation
import Scenarios
import Testing

@Suite struct RunReportTests {
    private var report: RunReport {
        var report = RunReport.sample
        report.seconds = 3
        report.offered = 1_234_567
        for second in 1...3 {
            var sample = Sample(atSeconds: Double(second))
            sample.counts.offered = 10 * second
            sample.lines = [LineSample(name: "line-one", waiting: UInt64(second), oldestMs: 0, claimed: 1)]
            report.samples.append(sample)
        }
        report.phases = [PhaseReport(name: "all", startSeconds: 0)]
        report.injections = [InjectionReport(atSeconds: 1.5, what: "the broker is killed")]
        return report
    }

    @Test func `the object on standard output has what scripts rely on`() throws {
        let object = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
        for key in ["submitted", "refused", "solved", "lost", "doubleClaims", "overtakes"] {
            #expect(object?[key] is Int, "\(key)")
        }
        for key in ["submitMs", "grantMs"] {
            let percentiles = object?[key] as? [String: Any]
            for name in ["p50", "p99", "p999"] { #expect(percentiles?[name] is Double, "\(key) \(name)") }
        }
    }

    @Test func `the page needs nothing else, and text in it is text`() {
        let page = report.page
        for word in ["<script", "<link", "http://", "https://", "url(", "@import", "src="] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains("a &lt;b&gt;"))
        #expect(page.contains("x &amp; y"))
        #expect(page.contains("1,234,567"))
        #expect(page.contains("the broker is killed"))
        #expect(page.contains("<svg"))
        #expect(page.contains("prefers-color-scheme:dark"))
    }

    @Test func `the summary says what failed`() {
        var report = report
        var check = CheckReport("lost", "nothing is lost")
        check.check(false, "ticket 7 is missing")
        report.checks = [check]
        report.judge()
        #expect(!report.ok)
        #expect(report.summary.contains("FAIL lost"))
        #expect(report.summary.contains("ticket 7 is missing"))
    }
}
