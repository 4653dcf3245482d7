import Storage

/// Carries out workloads, cuts the power after each operation of the disk, and inspects what may be left.
package struct Explorer {
    package internal(set) var toll = Toll()
    /// Called now and then with the toll so far.
    package var progress: (Toll) -> Void = { _ in }
    /// Looks at one moment only.
    package var onlyMoment: Int?

    let plan: CutPlan
    let flaw: PlantedFlaw?
    /// Disks of the present workload that were seen.
    private var seen: Set<Int> = []

    package init(_ plan: CutPlan = CutPlan(), flaw: PlantedFlaw? = nil) {
        self.plan = plan
        self.flaw = flaw
    }

    /// Cuts the power at each moment of a workload.
    package mutating func cut(_ workload: Workload) {
        let disk = SimulatedDisk()
        disk.flaw = flaw
        let performance = Performance(workload, on: disk)
        toll.operations += disk.operations.count
        let before = toll.violations.count
        if let error = performance.error {
            note("the workload as such", 0, "it failed: \(error)", workload)
        }
        seen.removeAll(keepingCapacity: true)
        var cut = PowerCut(disk.operations)
        while true {
            if onlyMoment.map({ $0 == cut.moment }) != false {
                let promise = Promise(performance.testimony, at: cut.moment)
                explore(cut, disk.operations, promise, workload)
            }
            guard cut.moment < disk.operations.count,
                toll.violations.count < before + Toll.violationsPerWorkload
            else { break }
            cut.advance()
        }
    }

    /// Looks at images of one moment.
    private mutating func explore(
        _ cut: PowerCut, _ operations: [DiskOperation], _ promise: Promise, _ workload: Workload
    ) {
        var chance = Chance([workload.seed, 3, UInt64(cut.moment)])
        for (index, fates) in plan.fates(of: cut.pending.count, chance: &chance).enumerated() {
            // Of its own, so that looking at this moment only, where fewer images were seen, chooses alike.
            var chance = Chance([workload.seed, 5, UInt64(cut.moment), UInt64(index)])
            var hasher = Hasher()
            hasher.combine(cut.syncs)
            for (operation, fate) in zip(cut.pending, fates) where fate != .lost {
                hasher.combine(operation)
                hasher.combine(fate)
            }
            for number in [promise.acknowledged, promise.begun, promise.epoch] { hasher.combine(number) }
            guard seen.insert(hasher.finalize()).inserted else { continue }
            let torn = fates.count { if case .torn = $0 { true } else { false } }
            toll.tornWrites += torn
            let lost = fates.count { $0 == .lost }
            inspect(
                cut.image(fates), promise, workload, cut.moment,
                "\(lost) of \(fates.count) unsynced operations lost, \(torn) torn", &chance)
        }
    }

    private mutating func inspect(
        _ image: DiskImage, _ promise: Promise, _ workload: Workload, _ moment: Int, _ circumstance: String,
        _ chance: inout Chance
    ) {
        let isThorough = Int.random(in: 0..<plan.thoroughOneIn, using: &chance) == 0
        let isWhole = isThorough || Int.random(in: 0..<plan.wholeOneIn, using: &chance) == 0
        let isCutAgain = Int.random(in: 0..<plan.cutAgainOneIn, using: &chance) == 0
        let disk = SimulatedDisk(image, records: isCutAgain)
        let inspection = Inspection(
            disk, promise, turns: workload.turns, isWhole: isWhole, isThorough: isThorough)
        count(inspection, promise, isThorough)
        if let finding = inspection.finding { return note(circumstance, moment, finding, workload) }
        guard isCutAgain, inspection.recovery > 0 else { return }
        toll.cutAgain += 1
        var cut = PowerCut(disk.operations, base: image)
        for _ in 0..<Int.random(in: 0...inspection.recovery, using: &chance) { cut.advance() }
        var again = promise
        // What a start has found is on disk, and stays.
        again.acknowledged = inspection.found
        again.begun = inspection.found
        guard let fates = plan.fates(of: cut.pending.count, chance: &chance).randomElement(using: &chance)
        else {
            return
        }
        let second = SimulatedDisk(cut.image(fates), records: false)
        let result = Inspection(
            second, again, turns: workload.turns, isWhole: isWhole, isThorough: isThorough)
        count(result, again, isThorough)
        if let finding = result.finding {
            note("\(circumstance), cut again while it recovered", moment, finding, workload)
        }
    }

    mutating func count(_ inspection: Inspection, _ promise: Promise, _ isThorough: Bool) {
        toll.images += 1
        toll.whole += inspection.isWhole ? 1 : 0
        toll.thorough += isThorough ? 1 : 0
        toll.viewsRebuilt += inspection.hasNewView ? 1 : 0
        if promise.begun > promise.acknowledged {
            if inspection.found == promise.begun {
                toll.unacknowledgedKept += 1
            } else {
                toll.unacknowledgedGone += 1
            }
        }
        if toll.images % 5_000 == 0 { progress(toll) }
    }

    mutating func note(
        _ circumstance: String, _ moment: Int, _ finding: String, _ workload: Workload, errors: Bool = false
    ) {
        toll.violations.append(
            Violation(
                seed: workload.seed, moment: moment, circumstance: circumstance, finding: finding,
                replay: "--from \(workload.seed) --workloads 1 --moment \(moment) \(plan.arguments) "
                    + (errors ? "--only-errors" : "--only-cuts")))
    }
}
