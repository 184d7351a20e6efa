"""Words for what happens to certificates, and for the batches in which they are made."""

EVENTS = {
    "made": "制作并签名",
    "sealed": "已用印",
    "asked": "申请补发",
    "declined": "补发申请未办理",
    "proposed": "登记撤销",
    "unproposed": "撤销未办理",
    "revoked": "撤销称号",
    "reissued": "补发",
    "void": "编号作废",
}
BATCHES = {"waiting": "等待制作", "running": "正在制作", "done": "已完成", "cancelled": "已取消"}
