extension Explorer {
    /// Lets one operation of a workload after the other fail, for once and from then on, and inspects what is left
    /// when the process ended, with and without a power cut. One in `stride` operations.
    package mutating func fail(_ workload: Workload, stride: Int = 1) {
        let clean = SimulatedDisk()
        _ = Performance(workload, on: clean)
        let before = toll.violations.count
        for moment in Swift.stride(from: Int(workload.seed) % stride, to: clean.asked, by: stride) {
            if onlyMoment.map({ $0 != moment }) == true { continue }
            for kind in DiskFault.Kind.allCases {
                for isForEver in [false, true] {
                    fail(workload, DiskFault(kind: kind, at: moment, isForEver: isForEver))
                }
            }
            if toll.violations.count >= before + Toll.violationsPerWorkload { return }
        }
    }

    private mutating func fail(_ workload: Workload, _ fault: DiskFault) {
        let disk = SimulatedDisk()
        disk.flaw = flaw
        disk.fault = fault
        let performance = Performance(workload, on: disk)
        guard disk.hasFailed else { return }
        toll.errors += 1
        toll.operations += disk.operations.count
        if performance.error == nil { toll.errorsHarmless += 1 } else { toll.errorsFatal += 1 }
        let promise = Promise(performance.testimony, at: disk.operations.count)
        let what = "\(fault.kind.rawValue) \(fault.isForEver ? "from then on" : "once")"
        var chance = Chance([workload.seed, 4, UInt64(fault.at)])
        let left = Inspection(
            SimulatedDisk(disk.image, records: false), promise, turns: workload.turns, isWhole: true,
            isThorough: true)
        count(left, promise, true)
        if let finding = left.finding { note(what, fault.at, finding, workload, errors: true) }
        var cut = PowerCut(disk.operations)
        for _ in disk.operations { cut.advance() }
        for fates in plan.fates(of: cut.pending.count, chance: &chance).prefix(2 + plan.prefixes / 3) {
            let result = Inspection(
                SimulatedDisk(cut.image(fates), records: false), promise, turns: workload.turns,
                isWhole: true,
                isThorough: false)
            count(result, promise, false)
            guard let finding = result.finding else { continue }
            note("\(what), then a power cut", fault.at, finding, workload, errors: true)
        }
    }
}
