         TITLE 'STATE - is there such a file?'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* STATE    fn ft fm    the same text as its twin: STATECMD in maclib
*          R15 = 0; 20 24 operands, 28 no such file, 36 disk
*---------------------------------------------------------------------
STATE    STATECMD
         END   STATE
